// Test vectors of formatters: when they run, and what they refuse.
#include "actors/application_server/link_settings/interface.hpp"
#include "app/api/services/mapping/formatter_vector.hpp"
#include "app/api/services/mapping/values.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.
using application_server::FormattersHandle;
using application_server::LinkPtr;
using application_server::LinkSettingsHandle;
using farfield::v1::FormatterVector;

/// Its script is what it answers.
FormattersHandle::behavior_type pool_double(FormattersHandle::pointer) {
  using namespace application_server;
  return {
      [](const RunFormatter& call) { call.reply(formatter::Answer{.text = *call.script.script}); },
      [](const InspectFormatters&) {}};
}

LinkSettingsHandle::behavior_type links_double(LinkSettingsHandle::pointer) {
  using namespace application_server;
  auto links = std::make_shared<std::map<ApplicationId, LinkPtr>>();
  return {[links](const SetLink& ask) {
            auto& link = (*links)[ask.application_id];
            auto next = ask.change(link ? &link->settings : nullptr);
            if (!next) return ask.reply(fail(next.error()));
            link = make_link(*next, ask.application_id);
            ask.reply(link);
          },
          [links](const GetLink& ask) {
            const auto found = links->find(ask.application_id);
            if (found == links->end()) return ask.reply(fail(link_not_found));
            ask.reply(found->second);
          },
          [](const DeleteLink&) {}};
}

std::string escaped(std::string text) {
  return boost::json::serialize(boost::json::string(text));
}
std::string link_with(const std::string& script) {
  return R"({"link":{"default_formatters":{"up_formatter":"FORMATTER_JAVASCRIPT",)"
         R"("up_formatter_parameter":)" +
         escaped(script) + R"(}},"field_mask":{"paths":["default_formatters"]}})";
}
std::string device_with(const std::string& script) {
  return R"({"end_device":{"ids":{"device_id":"dev-1","application_ids":{"application_id":"app-1"}},)"
         R"("formatters":{"up_formatter":"FORMATTER_JAVASCRIPT","up_formatter_parameter":)" +
         escaped(script) + R"(}},"field_mask":{"paths":["formatters"]}})";
}

const std::string good = R"({"data":{"t":21.4}})";
const std::string bad = R"({"data":{"t":21.5}})";
const std::string vectors =
    R"({"vectors":[{"name":"warm","encoded":{"f_port":1,"frm_payload":"AQ=="},)"
    R"("decoded":{"data":{"t":21.4}}}]})";
const std::string application = "/farfield/as/applications/app-1/formatter-vectors";
const std::string device = "/farfield/as/applications/app-1/devices/dev-1/formatter-vectors";
const std::string link = "/as/applications/app-1/link";
const std::string registry = "/as/applications/app-1/devices/dev-1";

class FormatterVectorsTest : public ApiFixture {
 protected:
  FormatterVectorsTest() {
    rights["app-1"] = {RIGHT_APPLICATION_SETTINGS_BASIC, RIGHT_APPLICATION_DEVICES_READ,
                       RIGHT_APPLICATION_DEVICES_WRITE};
    auto pool = system->spawn(pool_double);
    deps.formatters.set(pool);
    spawned.push_back(caf::actor_cast<caf::actor>(pool));
    auto links = system->spawn(links_double);
    deps.link_settings.set(links);
    spawned.push_back(caf::actor_cast<caf::actor>(links));
  }
};

TEST_F(FormatterVectorsTest, RefuseAnApplicationsFormatterThatFailsOneByName) {
  EXPECT_EQ(call("PUT", link, link_with(good)).status, 200);
  EXPECT_EQ(call("PUT", application, vectors).status, 200);
  EXPECT_EQ(call("GET", application).at("/vectors/0/name"), "warm");
  const auto refused = call("PUT", link, link_with(bad));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.error(), "pkg/applicationserver:formatter_vector_failed");
  EXPECT_EQ(refused.at("/details/0/attributes/vector"), "warm");
  EXPECT_EQ(refused.at("/details/0/attributes/expected"), R"({"t":21.4})");
  EXPECT_EQ(refused.at("/details/0/attributes/got"), R"({"t":21.5})");
  EXPECT_EQ(call("GET", link + "?field_mask=default_formatters")
                .at("/default_formatters/up_formatter_parameter"),
            good)
      << "nothing was changed";
  EXPECT_EQ(call("PUT", link, link_with(R"({"data":{"t":21.400000000000002}})")).status, 200);
}

TEST_F(FormatterVectorsTest, AreOfScriptsThatAreNotTooLarge) {
  deps.script_size_max = 100;
  const auto refused = call("PUT", link, link_with(std::string(101, ' ')));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.error(), "pkg/applicationserver:field_value");
  EXPECT_EQ(refused.at("/details/0/cause/name"), "formatter_script_too_large");
  EXPECT_EQ(call("PUT", registry, device_with(std::string(101, ' '))).at("/details/0/cause/name"),
            "formatter_script_too_large");
}

TEST_F(FormatterVectorsTest, LargerScriptsBreakTheReferencesRule) {
  const std::string large(40'961, ' ');
  EXPECT_EQ(call("PUT", link, link_with(large)).error(), "pkg/errors:validation");
  EXPECT_EQ(call("PUT", registry, device_with(large)).error(), "pkg/errors:validation");
}

TEST_F(FormatterVectorsTest, AnOperatorMayAllowLargerScripts) {
  deps.script_size_max = std::size_t{1} << 20U;
  EXPECT_EQ(call("PUT", link, link_with(std::string(1 << 20, ' '))).status, 200);
  EXPECT_EQ(call("PUT", link, link_with(std::string((1 << 20) + 1, ' '))).error(),
            "pkg/applicationserver:field_value");
}

TEST_F(FormatterVectorsTest, ApplicationsAreNotLinked) {
  const auto stats = call("GET", link + "/stats");
  EXPECT_EQ(stats.error(), "pkg/applicationserver:linking_not_implemented");
  EXPECT_EQ(stats.status, 501);
}

TEST_F(FormatterVectorsTest, RefuseADevicesFormatterThatFailsOne) {
  EXPECT_EQ(call("PUT", device, vectors).status, 404) << "of no device";
  EXPECT_EQ(call("PUT", registry, device_with(good)).status, 200);
  EXPECT_EQ(call("PUT", device, vectors).status, 200);
  EXPECT_EQ(call("PUT", registry, device_with(bad)).error(),
            "pkg/applicationserver:formatter_vector_failed");
  EXPECT_EQ(
      call("GET", registry + "?field_mask=formatters").at("/formatters/up_formatter_parameter"),
      good);
  EXPECT_EQ(call("PUT", device, "{}").status, 200) << "removed";
  EXPECT_EQ(call("PUT", registry, device_with(bad)).status, 200);
}

TEST_F(FormatterVectorsTest, AreThemselvesRefusedUnlessTheyComeFirst) {
  call("PUT", link, link_with(bad));
  EXPECT_EQ(call("PUT", application, vectors).error(),
            "pkg/applicationserver:formatter_vector_failed");
  EXPECT_EQ(call("GET", application).at("/vectors"), "");
  auto later = vectors;
  later.insert(1, R"("skip_run":true,)");
  EXPECT_EQ(call("PUT", application, later).status, 200);
  const auto run = call("POST", application + "/run", "{}");
  EXPECT_EQ(run.at("/results/0/name"), "warm");
  EXPECT_EQ(run.at("/results/0/error/name"), "formatter_vector_failed");
  EXPECT_EQ(call("PUT", link, link_with(good)).status, 200);
  EXPECT_EQ(call("POST", application + "/run", "{}").at("/results/0"), R"({"name":"warm"})");
}

TEST_F(FormatterVectorsTest, DoNotRunWithoutAFormatterOfTheirDirection) {
  EXPECT_EQ(call("PUT", application, vectors).status, 200);
  EXPECT_EQ(call("POST", application + "/run", "{}").at("/results/0/not_run"), "true");
}

TEST_F(FormatterVectorsTest, HaveNamesAndLimits) {
  const auto error = [&](const std::string& body) {
    return call("PUT", application, body).error();
  };
  EXPECT_EQ(error(R"({"vectors":[{}]})"), "pkg/applicationserver:field_value");
  EXPECT_EQ(error(R"({"vectors":[{"name":"a"},{"name":"a"}]})"),
            "pkg/applicationserver:field_value");
  std::string many = R"({"vectors":[)";
  for (int i = 0; i < 101; ++i)
    many += (i ? "," : "") + std::string(R"({"name":")") + std::to_string(i) + R"("})";
  EXPECT_EQ(error(many + "]}"), "pkg/applicationserver:field_value");
}

TEST_F(FormatterVectorsTest, NeedTheRightsOfWhatTheyBelongTo) {
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ};
  EXPECT_EQ(call("GET", application).status, 403);
  EXPECT_EQ(call("PUT", application, vectors).status, 403);
  EXPECT_EQ(call("PUT", device, vectors).status, 403);
  EXPECT_EQ(call("GET", device).status, 404) << "allowed, and there is none";
}

FormatterVector vector(farfield::v1::FormatterFunction function) {
  FormatterVector out;
  out.set_name("v");
  out.set_function(function);
  return out;
}

TEST(FormatterVerdict, OfAnEncoderIsItsBytesAndItsPort) {
  auto expected = vector(farfield::v1::ENCODE_DOWNLINK);
  expected.mutable_encoded()->set_frm_payload("\x01");
  pb::ApplicationDownlink got;
  got.set_frm_payload("\x01");
  got.set_f_port(7);
  EXPECT_FALSE(verdict(expected, Result<pb::ApplicationDownlink>(got)));
  expected.mutable_encoded()->set_f_port(8);
  EXPECT_TRUE(verdict(expected, Result<pb::ApplicationDownlink>(got)));
  expected.mutable_encoded()->set_f_port(7);
  got.set_frm_payload("\x02");
  const auto error = verdict(expected, Result<pb::ApplicationDownlink>(got));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(),
            "formatter fails its test vector `v`: expected 01 at port 7, got 02 at port 7");
}

TEST(FormatterVerdict, OfAFailureIsTheErrorsThatAreExpected) {
  constexpr ErrorDef output_errors{"pkg/messageprocessors/javascript", "output_errors",
                                   Code::aborted, "{errors}"};
  const Result<pb::ApplicationUplink> failure = fail(output_errors, {{"errors", "a, b"}});
  auto expected = vector(farfield::v1::DECODE_UPLINK);
  EXPECT_TRUE(verdict(expected, failure));
  expected.mutable_decoded()->add_errors("a");
  EXPECT_TRUE(verdict(expected, failure));
  expected.mutable_decoded()->add_errors("b");
  EXPECT_FALSE(verdict(expected, failure));
  EXPECT_TRUE(verdict(expected, Result<pb::ApplicationUplink>(pb::ApplicationUplink())));
}

TEST(FormatterVerdict, OfADecoderIsItsDataAndItsWarnings) {
  auto expected = vector(farfield::v1::DECODE_DOWNLINK);
  const auto data = [](google::protobuf::Struct& out, const std::string& json) {
    put_object(json, out);
  };
  const auto judge = [&](const std::string& want, const std::string& have,
                         const std::string& warning = "") {
    expected.mutable_decoded()->clear_data();
    data(*expected.mutable_decoded()->mutable_data(), want);
    pb::ApplicationDownlink got;
    data(*got.mutable_decoded_payload(), have);
    if (!warning.empty()) got.add_decoded_payload_warnings(warning);
    return !verdict(expected, Result<pb::ApplicationDownlink>(got));
  };
  EXPECT_TRUE(judge(R"({"a":[1,{"b":null}],"c":true})", R"({"c":true,"a":[1,{"b":null}]})"));
  for (const auto* have :
       {R"({})", R"({"a":2})", R"({"a":"1"})", R"({"a":[1]})", R"({"a":1,"b":1})", R"({"b":1})"})
    EXPECT_FALSE(judge(R"({"a":1})", have)) << have;
  EXPECT_FALSE(judge("{}", "{}", "careful"));
  expected.mutable_decoded()->add_warnings("careful");
  EXPECT_TRUE(judge("{}", "{}", "careful"));
  EXPECT_FALSE(judge("{}", "{}"));
}

}  // namespace
}  // namespace ff::api::test
