// `audit verify`: stretch by stretch, and what it says.
#include "app/cli/entity/entity_commands.hpp"
#include "farfield/v1/audit.pb.h"
#include "protocol/base/hex.hpp"
#include "test/app/cli/command_line.hpp"

namespace ff::cli {
namespace {

namespace v1 = farfield::v1;

class AuditCommands : public CommandLine {
 protected:
  AuditCommands() { add_audit_commands(root_); }

  /// Answers in this order; the last for all that follow.
  FakeApi::Answer answers(std::vector<v1::VerifyAuditLogResponse> list) {
    return [list = std::move(list), next = std::size_t{0}](
               const std::string&, const google::protobuf::Message&,
               google::protobuf::Message& answer) mutable -> Status {
      answer.CopyFrom(list[std::min(next++, list.size() - 1)]);
      return {};
    };
  }
  static v1::VerifyAuditLogResponse stretch(std::uint64_t reached, std::uint64_t checked,
                                            std::uint64_t next) {
    v1::VerifyAuditLogResponse out;
    out.set_checked(checked);
    out.set_signed_(checked);
    out.mutable_reached()->set_sequence(reached);
    out.mutable_reached()->set_hash(std::string(32, 'h'));
    out.set_next(next);
    return out;
  }
};

TEST_F(AuditCommands, VerifyGoesOnUntilTheEndAndSaysHowFarItCame) {
  ASSERT_TRUE(run({"audit", "verify"}, answers({stretch(20, 20, 21), stretch(25, 5, 0)})));
  ASSERT_EQ(calls_.size(), 2U);
  EXPECT_EQ(calls_[0].request, "{}");
  EXPECT_EQ(calls_[1].request, R"({"start":"21"})");
  const auto hash = hex_lower(as_bytes(std::string(32, 'h')));
  EXPECT_EQ(out_, "records 1 to 25 are in order, 25 of 25 signed; checkpoint 25:" + hash + "\n");
}

TEST_F(AuditCommands, VerifyFailsWithTheFirstFault) {
  auto broken = stretch(6, 6, 0);
  broken.set_fault("changed");
  broken.set_broken_sequence(7);
  const auto done = run({"audit", "verify"}, answers({broken}));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message(), "the audit log is not in order at record 7: changed");
  EXPECT_EQ(out_, "");
}

TEST_F(AuditCommands, VerifyAsksForWhatIsExpected) {
  const auto hash = std::string(64, 'a');
  ASSERT_TRUE(run({"audit", "verify", "--expect", "3:" + hash}, answers({stretch(3, 3, 0)})));
  EXPECT_NE(calls_[0].request.find(R"("expected":[{"sequence":"3","hash":")"), std::string::npos);
  auto other = stretch(3, 3, 0);
  other.add_unknown()->set_sequence(3);
  EXPECT_FALSE(run({"audit", "verify", "--expect", "3:" + hash}, answers({other})));
  for (const char* wrong : {"3", "x:aa", ":aa", "3:aa"})
    EXPECT_FALSE(run({"audit", "verify", "--expect", wrong})) << wrong;
  EXPECT_FALSE(run({"audit", "verify", "--against", "/nowhere"}));
}

}  // namespace
}  // namespace ff::cli
