// Errors on the wire.
#include "app/api/status.hpp"

#include <gtest/gtest.h>

#include "google/rpc/status.pb.h"
#include "ttn/lorawan/v3/error.pb.h"

namespace ff::api {
namespace {

constexpr ErrorDef outer{"pkg/a", "outer", Code::failed_precondition, "outer `{x}`"};
constexpr ErrorDef inner{"pkg/b", "inner", Code::not_found, "inner"};

TEST(Status, CarriesNamespaceNameAttributesAndCause) {
  auto error =
      Error(outer, {{"x", 5}, {"list", std::vector<std::string>{"a", "b"}}, {"flag", true}})
          .caused_by(Error(inner));
  auto status = to_grpc(error, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "error:pkg/a:outer (outer `5`)");
  google::rpc::Status rich;
  ASSERT_TRUE(rich.ParseFromString(status.error_details()));
  EXPECT_EQ(rich.code(), 9);
  ttn::lorawan::v3::ErrorDetails details;
  ASSERT_EQ(rich.details_size(), 1);
  ASSERT_TRUE(rich.details(0).UnpackTo(&details));
  EXPECT_EQ(details.code(), 9U);
  EXPECT_EQ(details.cause().name(), "inner");
  EXPECT_EQ(details.cause().code(), 5U);
  EXPECT_EQ(
      error_json(status),
      R"-({"code":9,"message":"error:pkg/a:outer (outer `5`)","details":[)-"
      R"({"@type":"type.googleapis.com/ttn.lorawan.v3.ErrorDetails","namespace":"pkg/a","name":"outer",)"
      R"("message_format":"outer `{x}`","attributes":{"flag":true,"list":["a","b"],"x":5},)"
      R"("correlation_id":"0123456789abcdef0123456789abcdef",)"
      R"("cause":{"namespace":"pkg/b","name":"inner","message_format":"inner",)"
      R"("correlation_id":"0123456789abcdef0123456789abcdef","code":5},"code":9}]})");
}

TEST(Status, ALongChainOfCausesIsCutOff) {
  auto error = Error(inner);
  for (int i = 0; i < 1000; ++i) error = Error(outer).caused_by(std::move(error));
  EXPECT_LT(to_grpc(error, "").error_details().size(), 2000U);
}

TEST(Status, AForeignStatusIsJsonToo) {
  EXPECT_EQ(error_json({grpc::StatusCode::UNKNOWN, "a \"b\"", "garbage"}),
            R"({"code":2,"message":"a \"b\"","details":[]})");
}

TEST(Status, HttpStatusesOfCodes) {
  constexpr int statuses[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                              400, 409, 400, 501, 500, 503, 500, 401};
  for (int code = 0; code < 17; ++code)
    EXPECT_EQ(http_status(static_cast<grpc::StatusCode>(code)), statuses[code]) << code;
  EXPECT_EQ(http_status(static_cast<grpc::StatusCode>(99)), 500);
}

}  // namespace
}  // namespace ff::api
