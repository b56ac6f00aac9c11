// Formatters of the device repository: whose script runs. [spec application-server §10.5]
#include "protocol/formatter/errors.hpp"
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

using device_repository::FindRepositoryScript;
using device_repository::RepositoryHandle;

constexpr int repository_kind = 1;
constexpr ErrorDef no_such_codec{"pkg/devicerepository/store/remote", "no_codec", Code::not_found,
                                 "no codec"};

class RepositoryFormatters : public Rig {
 protected:
  void SetUp() override {
    Rig::SetUp();
    repository = system->spawn(double_of_repository, this);
    context->repository.set(repository);
  }
  void TearDown() override {
    caf::anon_send_exit(repository, caf::exit_reason::user_shutdown);
    Rig::TearDown();
  }
  static RepositoryHandle::behavior_type double_of_repository(RepositoryHandle::pointer,
                                                              RepositoryFormatters* test) {
    return {[](const device_repository::LookUpRepository&) {},
            [test](const FindRepositoryScript& ask) {
              test->looked_up.push_back(ask);
              if (test->refuses) return ask.reply(fail(no_such_codec));
              ask.reply(formatter::make_formatter(formatter::Kind::javascript, "repository's",
                                                  ask.application_id));
            },
            [](const device_repository::RepositoryChanged&) {},
            [](const device_repository::InspectRepository&) {}};
  }
  void create_product(std::optional<Bytes> formatters) {
    ChangeAppDevice change{uid, {}, [](auto) {}};
    change.change = [=, this](const AppDevice*) {
      return AppDevice{.ids = ids(),
                       .session = session(id_1, key_1, address_1),
                       .formatters = formatters,
                       .version_ids = DeviceVersionIds{"b", "m", "h", "f", "EU_863_870"}};
    };
    caf::anon_send(pipeline, change);
    run();
  }
  RepositoryHandle repository;
  std::vector<FindRepositoryScript> looked_up;
  bool refuses = false;
};

TEST_F(RepositoryFormatters, RunTheScriptOfTheDevicesProduct) {
  create_product(kind_only(repository_kind));
  accept({uplink(id_1, key_1, address_1, 1)});
  ASSERT_EQ(looked_up.size(), 1U);
  EXPECT_EQ(looked_up[0].product, (DeviceVersionIds{"b", "m", "h", "f", "EU_863_870"}));
  EXPECT_EQ(looked_up[0].function, formatter::Function::decode_uplink);
  EXPECT_EQ(looked_up[0].application_id, uid.application_id);
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(*scripts[0].script.script, "repository's");
  EXPECT_EQ(scripts[0].input, (Bytes{1, 2, 3}));
  script_answers(0, {.text = R"({"data":{"t":1}})"});
  EXPECT_NE(text(0).find(R"("decoded_payload":{"t":1})"), std::string::npos) << text(0);
}

TEST_F(RepositoryFormatters, ComeFromTheApplicationWhenTheDeviceHasNone) {
  set_defaults(kind_only(repository_kind));
  create_product({});
  accept({uplink(id_1, key_1, address_1, 1)});
  EXPECT_EQ(scripts.size(), 1U);
  create_product(kind_only(0));
  accept({uplink(id_1, key_1, address_1, 2)});
  EXPECT_EQ(scripts.size(), 1U) << "a device's NONE comes before the application's";
}

TEST_F(RepositoryFormatters, EncodeAndDecodeDownlinks) {
  create_product(kind_only(repository_kind));
  push({{.f_port = FPort{3}, .decoded_payload_json = R"({"led":1})"}, item()});
  ASSERT_EQ(looked_up.size(), 2U);
  EXPECT_EQ(looked_up[0].function, formatter::Function::encode_downlink);
  EXPECT_EQ(looked_up[1].function, formatter::Function::decode_downlink);
  script_answers(0, {.text = R"({"bytes":[7]})"});
  script_answers(1, {.text = R"({"data":{}})"});
  ASSERT_EQ(to_session.size(), 1U);
}

TEST_F(RepositoryFormatters, AnUnknownProductIsAnEventAndTheMessageGoesOn) {
  refuses = true;
  create_product(kind_only(repository_kind));
  accept({uplink(id_1, key_1, address_1, 1)});
  EXPECT_TRUE(scripts.empty());
  EXPECT_EQ(published.size(), 1U);
  EXPECT_TRUE(happened("as.up.data.decode.fail"));
  push({{.f_port = FPort{3}, .decoded_payload_json = R"({"led":1})"}});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->error().is(no_such_codec));
}

TEST_F(RepositoryFormatters, NeedTheDevicesProduct) {
  create_with(kind_only(repository_kind));
  accept({uplink(id_1, key_1, address_1, 1)});
  EXPECT_TRUE(looked_up.empty());
  ASSERT_EQ(published.size(), 1U);
  const auto* error = [&]() -> const Error* {
    for (const auto& event : told)
      if (event.name == "as.up.data.decode.fail") return std::get_if<Error>(&event.data);
    return nullptr;
  }();
  ASSERT_NE(error, nullptr);
  EXPECT_TRUE(error->is(formatter::no_version_identifiers));
}

TEST_F(RepositoryFormatters, FailWhereThereIsNoRepository) {
  context->repository.clear();
  create_product(kind_only(repository_kind));
  accept({uplink(id_1, key_1, address_1, 1)});
  EXPECT_EQ(published.size(), 1U);
  EXPECT_TRUE(happened("as.up.data.decode.fail"));
}

}  // namespace
}  // namespace ff::application_server
