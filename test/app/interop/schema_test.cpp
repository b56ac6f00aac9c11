// Malformed messages at the server: HTTP status and result code, by the table of fields.
#include <set>

#include "test/app/interop/interop_server_fixture.hpp"
#include "test/protocol/backend_interfaces/fields_table.hpp"
#include "test/protocol/backend_interfaces/full_messages.hpp"

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
namespace json = boost::json;
using InteropSchema = test::InteropServerFixture;

std::vector<bi::MessageType> requests() {
  std::vector<bi::MessageType> out;
  for (unsigned i = 0; i <= static_cast<unsigned>(bi::MessageType::profile_ans); ++i) {
    const auto type = static_cast<bi::MessageType>(i);
    if (bi::is_request(type)) out.push_back(type);
  }
  return out;
}

std::string result_code(const std::string& answer) {
  const auto parsed = json::parse(answer);
  return std::string(parsed.at("Result").at("ResultCode").as_string());
}

TEST_F(InteropSchema, AFieldThatIsMissingOrWrongHasItsResult) {
  const auto fields = bi::test::read_fields();
  std::set<std::string> seen;
  const auto try_one = [&](const json::object& message, const std::string& when_wrong,
                           bi::Version version, const std::string& name) {
    const auto written = post(request_of(json::serialize(message)));
    if (when_wrong == "no message") {
      EXPECT_EQ(written->status, 400) << name;
      EXPECT_EQ(written->text, "") << name;
    } else {
      EXPECT_EQ(written->status, 200) << name;
      const auto code = result_code(written->text);
      EXPECT_EQ(code, version == bi::Version::v1_0 ? "MalformedRequest" : "MalformedMessage")
          << name;
    }
    seen.insert(when_wrong);
  };
  for (const auto version : {bi::Version::v1_0, bi::Version::v1_1}) {
    for (const auto type : requests()) {
      for (const auto& message : bi::test::full_messages(version, type)) {
        const auto whole = json::parse(bi::encode(message)).get_object();
        for (const auto& field : fields) {
          if (field.of != "Header" && field.of != bi::to_string(type)) continue;
          if (!whole.contains(field.name)) continue;
          const auto name = std::string(bi::to_string(type)) + " " + field.name;
          auto changed = whole;
          changed.erase(field.name);
          if (field.required_in(version)) try_one(changed, field.when_wrong, version, name);
          // Whoever names another sender is another sender.
          if (field.name == "SenderID") continue;
          changed = whole;
          changed[field.name] = json::parse(bi::test::wrong_values(field).front());
          try_one(changed, field.when_wrong, version, name);
        }
      }
    }
  }
  EXPECT_EQ(seen, (std::set<std::string>{"malformed", "no message"}));
}

TEST_F(InteropSchema, WhatIsNotServedIsAnsweredAsItsOwnType) {
  for (const auto type : requests()) {
    if (!bi::test::full_bodies(type).empty()) continue;
    for (const auto version : {bi::Version::v1_0, bi::Version::v1_1}) {
      const bi::Message message{bi::test::full_header(version, type), bi::OtherReq{}};
      const auto answer = ask(message);
      EXPECT_EQ(code_of(answer), bi::ResultCode::malformed) << bi::to_string(type);
      EXPECT_EQ(answer.header.type, bi::answer_to(type));
    }
  }
}

}  // namespace
}  // namespace ff::interop
