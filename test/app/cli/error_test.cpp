#include <gtest/gtest.h>

#include "app/cli/error/error_text.hpp"
#include "app/cli/error/server_error.hpp"
#include "google/rpc/status.pb.h"
#include "ttn/lorawan/v3/error.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

grpc::Status status_with(const pb::ErrorDetails& details) {
  google::rpc::Status rich;
  rich.set_code(6);
  rich.add_details()->PackFrom(details);
  return {grpc::StatusCode::ALREADY_EXISTS, "text", rich.SerializeAsString()};
}

pb::ErrorDetails taken() {
  pb::ErrorDetails details;
  details.set_namespace_("pkg/identityserver/store");
  details.set_name("id_taken");
  details.set_message_format("ID `{id}` is taken");
  details.set_code(6);
  details.set_correlation_id("c0ffee");
  (*details.mutable_attributes()->mutable_fields())["id"].set_string_value("app-1");
  return details;
}

TEST(ServerError, HasNamespaceNameMessageAttributesAndCorrelationId) {
  const auto error = error_of(status_with(taken()));
  EXPECT_EQ(error.code(), Code::already_exists);
  EXPECT_EQ(error.def().name_space, "pkg/identityserver/store");
  EXPECT_EQ(error.message(), "ID `app-1` is taken");
  EXPECT_EQ(error_text(error),
            "error:pkg/identityserver/store:id_taken (ID `app-1` is taken)\n"
            "    id=app-1\n    correlation_id=c0ffee\n");
}

TEST(ServerError, ShowsCausesBehindDashes) {
  auto details = taken();
  details.mutable_cause()->set_namespace_("pkg/errors");
  details.mutable_cause()->set_name("validation");
  details.mutable_cause()->set_message_format("invalid");
  const auto text = error_text(error_of(status_with(details)));
  EXPECT_NE(text.find("\n--- error:pkg/errors:validation (invalid)\n"), std::string::npos) << text;
}

TEST(ServerError, OfAStatusWithoutDetailsIsNamedAfterItsCode) {
  const auto error = error_of({grpc::StatusCode::UNAVAILABLE, "connection refused"});
  EXPECT_EQ(error.code(), Code::unavailable);
  EXPECT_EQ(error_text(error), "error:grpc:unavailable (connection refused)\n");
}

TEST(ServerError, CanNotMoveTheCursor) {
  auto details = taken();
  (*details.mutable_attributes()->mutable_fields())["id"].set_string_value("\x1B[2J");
  const auto text = error_text(error_of(status_with(details)));
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
}

TEST(ServerError, BoundsAChainOfCauses) {
  auto details = taken();
  for (int i = 0; i < 60; ++i) {
    pb::ErrorDetails outer;
    outer.mutable_cause()->Swap(&details);
    details.Swap(&outer);
  }
  const auto error = error_of(status_with(details));
  int causes = 0;
  for (const auto* cause = error.cause(); cause != nullptr; cause = cause->cause()) ++causes;
  EXPECT_EQ(causes, 16);
}

}  // namespace
}  // namespace ff::cli
