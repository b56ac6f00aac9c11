// A pipeline between a network server and a join server that do what the test says.
#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <fstream>
#include <map>

#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "actors/application_server/pipeline/actor.hpp"
#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/record.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/protobuf_wire.hpp"
#include "protocol/phy/frame_crypto.hpp"
#include "storage/engine/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server {

inline const Aes128Key key_1 = Aes128Key::from(*parse_hex("000102030405060708090a0b0c0d0e0f"));
inline const Aes128Key key_2 = Aes128Key::from(*parse_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
inline const Bytes id_1 = {1};
inline const Bytes id_2 = {2};
inline const Bytes id_3 = {3};
inline constexpr DevAddr address_1{0x260B4F1D};
inline constexpr DevAddr address_2{0x260B91A7};

class Rig : public test::ActorFixture {
 protected:
  void SetUp() override {
    context = std::make_shared<PipelineContext>();
    context->deps = deps;
    context->network_servers = actors::Sharded<network_server::ShardHandle>(shards);
    context->join_servers = actors::Sharded<join_server::ShardHandle>(shards);
    context->publish_up = [this](UpPublished up) { published.push_back(std::move(up)); };
    context->publish = [this](events::Event event) { told.push_back(std::move(event)); };
    context->network_servers.route(shard).set(system->spawn(network, this));
    context->join_servers.route(shard).set(system->spawn(joins, this));
    context->outbox.set(spawn_outbox(
        *system, {.store = &engine, .deps = deps, .shards = shards, .own_thread = false}));
    context->formatters.set(system->spawn(pool, this));
    pipeline = spawn_pipeline(*system, context, shard);
  }
  void TearDown() override {
    caf::anon_send_exit(pipeline, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(context->network_servers.at(shard), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(context->join_servers.at(shard), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(context->outbox.get(), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(context->formatters.get(), caf::exit_reason::user_shutdown);
    run();
    for (const auto& event : told)
      EXPECT_EQ(data_type(event), table().at(std::string(event.name))) << event.name;
  }

  /// Name of an event to the type of its data, from the reference's table of events.
  static const std::map<std::string, std::string>& table() {
    static const auto rows = [] {
      std::map<std::string, std::string> out;
      std::ifstream file(FF_GOLDEN_DIR "/events/as.tsv");
      for (std::string line; std::getline(file, line);) {
        std::vector<std::string> cells(1);
        for (const char c : line) c == '\t' ? cells.emplace_back() : cells.back() += c;
        out[cells.at(0)] = cells.at(2);
      }
      return out;
    }();
    return rows;
  }
  /// The message of the API that its data becomes; see app/api/services/mapping/events.cpp.
  static std::string data_type(const events::Event& event) {
    const std::string package = "ttn.lorawan.v3.";
    if (std::holds_alternative<std::monostate>(event.data)) return "";
    if (std::holds_alternative<Error>(event.data)) return package + "ErrorDetails";
    if (const auto* made = std::get_if<events::ProtobufData>(&event.data)) return made->type;
    if (std::holds_alternative<events::FieldPaths>(event.data))
      return "google.protobuf.Value(list of strings)";
    const auto& up = std::get<std::shared_ptr<const ApplicationUp>>(event.data);
    const bool is_message =
        event.name.ends_with(".forward") && event.name != "as.down.data.forward";
    if (is_message) return package + "ApplicationUp";
    return package + (std::holds_alternative<ApplicationUplink>(up->up) ? "ApplicationUplink"
                                                                        : "ApplicationDownlink");
  }

  static FormattersHandle::behavior_type pool(FormattersHandle::pointer, Rig* rig) {
    return {[rig](const RunFormatter& call) { rig->scripts.push_back(call); },
            [](const InspectFormatters&) {}};
  }
  /// What the script that was asked as number `index` answers.
  void script_answers(std::size_t index, formatter::Answer answered) {
    scripts.at(index).reply(std::move(answered));
    run();
  }
  /// ttn.lorawan.v3.MessagePayloadFormatters with a script in both directions.
  static Bytes javascript() {
    Bytes message;
    protobuf_wire::put_number(message, 1, 3);
    protobuf_wire::put_bytes(message, 2, as_bytes("up"));
    protobuf_wire::put_number(message, 3, 3);
    protobuf_wire::put_bytes(message, 4, as_bytes("down"));
    return message;
  }
  static Bytes kind_only(int kind) {
    Bytes message;
    protobuf_wire::put_number(message, 1, static_cast<std::uint64_t>(kind));
    protobuf_wire::put_number(message, 3, static_cast<std::uint64_t>(kind));
    return message;
  }
  void create_with(std::optional<Bytes> formatters) {
    ChangeAppDevice change{uid, {}, [](auto) {}};
    change.change = [=, this](const AppDevice*) {
      return AppDevice{
          .ids = ids(), .session = session(id_1, key_1, address_1), .formatters = formatters};
    };
    caf::anon_send(pipeline, change);
    run();
  }
  void set_defaults(Bytes formatters) const {
    context->link_settings.put(uid.application_id,
                               make_link({std::move(formatters), {}}, uid.application_id));
  }
  std::size_t held_rows_stored() {
    std::size_t count = 0;
    ignore(engine.scan({.family = storage::Family::entity, .range = held_rows(shard)},
                       [&](ByteView, ByteView) { return ++count > 0; }),
           "counted anyway");
    return count;
  }

  static network_server::ShardHandle::behavior_type network(network_server::ShardHandle::pointer,
                                                            Rig* rig) {
    return {[](const network_server::UplinkReceived&) {},
            [rig](const network_server::ToSession& message) { rig->to_session.push_back(message); },
            [](const network_server::IndexSession&) {},
            [](const network_server::IndexJoinEuis&) {},
            [](const network_server::WakeSessionAt&) {},
            [](const network_server::SessionLoaded&) {},
            [](const actors::Tick&) {}};
  }
  static join_server::ShardHandle::behavior_type joins(join_server::ShardHandle::pointer,
                                                       Rig* rig) {
    return {[](const join_server::HandleJoin&) {},
            [rig](const join_server::GetAppSKey& ask) { rig->asked.push_back(ask); },
            [](const join_server::GetNwkSKeys&) {},
            [](const join_server::GetHomeNetwork&) {},
            [](const join_server::GetJoinDevice&) {},
            [](const join_server::ChangeJoinDevice&) {},
            [](const join_server::DeleteJoinDevice&) {},
            [](const join_server::JoinShardOpened&) {},
            [](const join_server::JoinDeviceLoaded&) {},
            [](const join_server::CryptoAnswered&) {},
            [](const join_server::JoinDeviceWritten&) {}};
  }

  /// What the network server waits for, counted in `released`.
  class Waiting final : public actors::Release {
   public:
    explicit Waiting(Rig& rig) : rig_(rig) {}
    void committed() noexcept override { ++rig_.released; }
    void failed(const Error&) noexcept override { ++rig_.failed; }

   private:
    Rig& rig_;
  };

  DeviceIdentifiers ids(DevAddr address = address_1) const {
    return {uid, DevEui{0xA81758FFFE0412BC}, JoinEui{0xA81758FFFE000001}, address};
  }
  static AppSession session(const Bytes& id, const Aes128Key& key, DevAddr address) {
    return {.dev_addr = address, .session_key_id = id, .app_s_key = KeyEnvelope{key, {}, {}}};
  }
  void create(const std::optional<AppSession>& current,
              const std::optional<AppSession>& pending = {}) {
    ChangeAppDevice change{uid, {}, [](auto) {}};
    change.change = [=, this](const AppDevice*) {
      return AppDevice{.ids = ids(), .session = current, .pending_session = pending};
    };
    caf::anon_send(pipeline, change);
    run();
  }
  AppDevice device() {
    auto row = engine.get(storage::Family::device, storage::device_key({shard, uid}));
    return row && *row ? *decode_device(**row) : AppDevice{};
  }
  static Bytes crypted(const Aes128Key& key, DevAddr address, std::uint32_t f_cnt,
                       phy::Direction direction, Bytes plain) {
    phy::crypt_frm_payload(key, {direction, address, FCnt32{f_cnt}}, plain);
    return plain;
  }
  ApplicationUp uplink(const Bytes& id, const Aes128Key& key, DevAddr address,
                       std::uint32_t f_cnt = 70'000) const {
    ApplicationUplink up{
        .session_key_id = id,
        .f_port = FPort{2},
        .f_cnt = FCnt32{f_cnt},
        .frm_payload = crypted(key, address, f_cnt, phy::Direction::up, {1, 2, 3})};
    return {.ids = ids(address), .correlation_ids = {"gs:uplink:X"}, .up = std::move(up)};
  }
  void accept(std::vector<ApplicationUp> ups, std::string_view record = "") {
    SessionAccepted message{std::move(ups), {}, std::make_shared<Waiting>(*this), uid};
    if (!record.empty())
      message.records.put(storage::Family::session, as_bytes(record), as_bytes("x"));
    caf::anon_send(pipeline, std::move(message));
    run();
  }
  bool stored(std::string_view record) {
    return engine.get(storage::Family::session, as_bytes(record))->has_value();
  }
  std::string text(std::size_t index) const {
    return std::string(as_text(published.at(index).message->body));
  }
  bool happened(std::string_view name) const {
    return std::ranges::any_of(told, [&](const auto& event) { return event.name == name; });
  }

  /// Pushes, and keeps the answer in `answer`.
  void push(std::vector<ApplicationDownlink> items, bool replace = false) {
    answer.reset();
    caf::anon_send(pipeline, QueueDownlinks{uid, std::move(items), replace,
                                            [this](Status status) { answer = status; }});
    run();
  }
  /// The last push that came to the network server.
  const network_server::PushDownlinks& last_push() {
    return std::get<network_server::PushDownlinks>(*to_session.back().event);
  }
  void network_answers(Status status) {
    last_push().reply(std::move(status));
    run();
  }
  static ApplicationDownlink item(std::uint8_t port = 15) {
    return {.f_port = FPort{port}, .frm_payload = {7, 8}, .correlation_ids = {"mine"}};
  }

  const storage::ShardCount shards = *storage::ShardCount::make(1);
  const storage::Shard shard{0};
  const DeviceUid uid{ApplicationId("food-safety"), DeviceId("cold-room-07")};
  std::shared_ptr<PipelineContext> context;
  PipelineActor pipeline;
  std::vector<network_server::ToSession> to_session;
  std::vector<join_server::GetAppSKey> asked;
  std::vector<RunFormatter> scripts;
  std::vector<UpPublished> published;
  std::vector<events::Event> told;
  std::optional<Status> answer;
  int released = 0;
  int failed = 0;
};

}  // namespace ff::application_server
