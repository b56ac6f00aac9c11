// NsRelayConfigurationService: relays and whom they forward for. A rule concerns two devices, whose
// sessions are asked one after the other: first whether the device may be served, then the relay,
// then the device is told whose it is. [spec network-server §17]
#include <algorithm>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/relay_errors.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/mapping/relay.hpp"
#include "app/api/services/mapping/relay_changes.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/networkserver_relay.grpc.pb.h"

namespace ff::api {
namespace {

using network_server::Device;
using DevicePtr = std::shared_ptr<const Device>;
using DeviceReply = actors::Reply<DevicePtr>;
using Change = std::function<Result<Device>(const Device*)>;

bool names_device(const Paths& paths) {
  return std::ranges::find(paths, "device_id") != paths.end();
}

DeviceUid sibling(const DeviceUid& of, const std::string& device_id) {
  return {of.application_id, DeviceId(device_id)};
}

class NsRelay final : public pb::NsRelayConfigurationService::CallbackService {
 public:
  NsRelay(const ServiceContext& context, NetworkServers shards, Plans plans)
      : context_(context), shards_(std::move(shards)), plans_(std::move(plans)) {}

#define FF_RPC(name, handler)                                                                    \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context,                           \
                                 const pb::name##Request* request, pb::name##Response* response) \
      override {                                                                                 \
    return context_.front.unary(                                                                 \
        {"ttn.lorawan.v3.NsRelayConfigurationService/" #name}, context, request, response,       \
        [this](auto call, const auto& asked, const auto& reply) {                                \
          authorized(call, asked, reply, [=, this, &asked] { handler(asked, reply); });          \
        });                                                                                      \
  }
  FF_RPC(CreateRelay, create)
  FF_RPC(GetRelay, get)
  FF_RPC(UpdateRelay, update)
  FF_RPC(DeleteRelay, erase)
  FF_RPC(CreateRelayUplinkForwardingRule, create_rule)
  FF_RPC(GetRelayUplinkForwardingRule, get_rule)
  FF_RPC(ListRelayUplinkForwardingRules, list_rules)
  FF_RPC(UpdateRelayUplinkForwardingRule, update_rule)
  FF_RPC(DeleteRelayUplinkForwardingRule, erase_rule)
#undef FF_RPC

 private:
  template <class Request, class Response>
  void authorized(const std::shared_ptr<const Call>& call, const Request& request,
                  const Reply<Response>& reply, std::function<void()> then) const {
    const auto& application = request.end_device_ids().application_ids().application_id();
    context_.authorized(call, application_key(application), {}, reply, std::move(then));
  }

  // --- relays ------------------------------------------------------------------------------------

  void create(const pb::CreateRelayRequest& request,
              const Reply<pb::CreateRelayResponse>& reply) const {
    ask_change(
        uid_of(request.end_device_ids()),
        [settings = request.settings(), plans = plans_](const Device* current) {
          return create_relay(current, settings, *plans);
        },
        with_settings(reply, {}));
  }

  void get(const pb::GetRelayRequest& request, const Reply<pb::GetRelayResponse>& reply) const {
    ask_get(uid_of(request.end_device_ids()), with_settings(reply, paths_of(request.field_mask())));
  }

  void update(const pb::UpdateRelayRequest& request,
              const Reply<pb::UpdateRelayResponse>& reply) const {
    ask_change(
        uid_of(request.end_device_ids()),
        [settings = request.settings(), paths = paths_of(request.field_mask()), plans = plans_](
            const Device* current) { return update_relay(current, settings, paths, *plans); },
        with_settings(reply, {}));
  }

  void erase(const pb::DeleteRelayRequest& request,
             const Reply<pb::DeleteRelayResponse>& reply) const {
    ask_change(uid_of(request.end_device_ids()), delete_relay, without_content(reply));
  }

  // --- rules -------------------------------------------------------------------------------------

  void create_rule(const pb::CreateRelayUplinkForwardingRuleRequest& request,
                   const Reply<pb::CreateRelayUplinkForwardingRuleResponse>& reply) const {
    const auto relay = uid_of(request.end_device_ids());
    const auto index = request.index();
    const auto change = [index, rule = rule_of(request.rule())](const Device* current,
                                                                const SessionKeyId& id) mutable {
      rule.session_key_id = id;
      return add_rule(current, index, rule);
    };
    serve(relay, sibling(relay, request.rule().device_id()), change, with_rule(reply, index, {}));
  }

  void get_rule(const pb::GetRelayUplinkForwardingRuleRequest& request,
                const Reply<pb::GetRelayUplinkForwardingRuleResponse>& reply) const {
    ask_get(uid_of(request.end_device_ids()),
            with_rule(reply, request.index(), paths_of(request.field_mask())));
  }

  void list_rules(const pb::ListRelayUplinkForwardingRulesRequest& request,
                  const Reply<pb::ListRelayUplinkForwardingRulesResponse>& reply) const {
    const auto answer = [reply,
                         paths = paths_of(request.field_mask())](const Device& device) -> Status {
      FF_TRY(const auto rules, rules_of(device));
      pb::ListRelayUplinkForwardingRulesResponse out;
      for (const auto& rule : rules) {
        auto& one = *out.add_rules();
        put_rule(rule, one);
        if (!paths.empty()) keep_only(paths, one);
      }
      reply(std::move(out));
      return {};
    };
    ask_get(uid_of(request.end_device_ids()), answering(reply, answer));
  }

  void update_rule(const pb::UpdateRelayUplinkForwardingRuleRequest& request,
                   const Reply<pb::UpdateRelayUplinkForwardingRuleResponse>& reply) const {
    const auto relay = uid_of(request.end_device_ids());
    const auto index = request.index();
    const auto paths = paths_of(request.field_mask());
    const auto& rule = request.rule();
    auto answer = with_rule(reply, index, {});
    if (!names_device(paths)) {
      auto change = [index, rule, paths](const Device* current) {
        return change_rule(current, index, rule, paths, std::nullopt);
      };
      return ask_change(relay, std::move(change), std::move(answer));
    }
    auto change = [index, rule, paths](const Device* current, const SessionKeyId& id) {
      return change_rule(current, index, rule, paths, id);
    };
    serve(relay, sibling(relay, rule.device_id()), std::move(change), std::move(answer));
  }

  void erase_rule(const pb::DeleteRelayUplinkForwardingRuleRequest& request,
                  const Reply<pb::DeleteRelayUplinkForwardingRuleResponse>& reply) const {
    auto change = [index = request.index()](const Device* current) {
      return remove_rule(current, index);
    };
    ask_change(uid_of(request.end_device_ids()), std::move(change), without_content(reply));
  }

  using RuleChange = std::function<Result<Device>(const Device*, const SessionKeyId&)>;

  /// Changes the relay so that it serves `device`, if no other does; `then` gets the relay.
  void serve(const DeviceUid& relay, const DeviceUid& device, RuleChange change,
             DeviceReply then) const {
    ask_get(device, passing(then, [=, this](const Device& found) -> Status {
              FF_TRY(const auto served, served_of(found));
              const auto go_on = [=, this] {
                ask_relay(relay, device, change, served.session_key_id, then);
              };
              if (served.relay == relay.device_id) {
                go_on();
              } else {
                unless_served_by({relay.application_id, served.relay}, device, then, go_on);
              }
              return {};
            }));
  }

  /// A relay that has gone serves nobody.
  void unless_served_by(const DeviceUid& other, const DeviceUid& device, const DeviceReply& then,
                        std::function<void()> go_on) const {
    ask_get(other, [=](Result<DevicePtr> found) {
      if (!found && !found.error().is(network_server::device_not_found))
        return then(fail(std::move(found).error()));
      if (found && serves(**found, device.device_id)) {
        return then(
            fail(network_server::relay_served,
                 {{"served", device.device_id.text()},
                  {"serving", other.application_id.text() + "." + other.device_id.text()}}));
      }
      go_on();
    });
  }

  void ask_relay(const DeviceUid& relay, const DeviceUid& device, const RuleChange& change,
                 const SessionKeyId& id, const DeviceReply& then) const {
    ask_change(
        relay, [=](const Device* current) { return change(current, id); },
        [=, this](Result<DevicePtr> changed) {
          if (!changed) return then(fail(std::move(changed).error()));
          ask_change(
              device,
              [by = relay.device_id](const Device* current) { return set_served_by(current, by); },
              [then, changed](Result<DevicePtr> told) {
                if (!told) return then(fail(std::move(told).error()));
                then(changed);
              });
        });
  }

  // --- answers -----------------------------------------------------------------------------------

  /// Runs `then` on the device; its error, or the question's, is passed on to `failed`.
  template <class Failed, class Then>
  static DeviceReply passing(Failed failed, Then then) {
    return [failed, then](Result<DevicePtr> device) {
      if (!device) return failed(fail(std::move(device).error()));
      if (auto status = then(**device); !status) failed(fail(std::move(status).error()));
    };
  }
  template <class Response, class Then>
  static DeviceReply answering(const Reply<Response>& reply, Then then) {
    return passing(reply, std::move(then));
  }

  template <class Response>
  static DeviceReply with_settings(const Reply<Response>& reply, const Paths& paths) {
    return answering(reply, [reply, paths](const Device& device) -> Status {
      FF_TRY(auto settings, relay_settings(device));
      if (!paths.empty()) keep_only(paths, settings);
      Response out;
      *out.mutable_settings() = std::move(settings);
      reply(std::move(out));
      return {};
    });
  }

  template <class Response>
  static DeviceReply with_rule(const Reply<Response>& reply, std::uint32_t index,
                               const Paths& paths) {
    return answering(reply, [reply, index, paths](const Device& device) -> Status {
      FF_TRY(const auto rule, rule_at(device, index));
      Response out;
      put_rule(rule, *out.mutable_rule());
      if (!paths.empty()) keep_only(paths, *out.mutable_rule());
      reply(std::move(out));
      return {};
    });
  }

  template <class Response>
  static DeviceReply without_content(const Reply<Response>& reply) {
    return [reply](Result<DevicePtr> device) {
      if (!device) return reply(fail(std::move(device).error()));
      reply(Response());
    };
  }

  // --- questions ---------------------------------------------------------------------------------

  void ask_get(const DeviceUid& uid, DeviceReply then) const {
    auto make = [uid](DeviceReply reply) {
      return network_server::to_session(uid, network_server::GetDevice{std::move(reply)});
    };
    context_.asker.ask<DevicePtr>(shards_.of(uid), "NETWORK_SERVER", std::move(make),
                                  std::move(then));
  }

  void ask_change(const DeviceUid& uid, Change change, DeviceReply then) const {
    auto make = [uid, change = std::move(change)](DeviceReply reply) {
      return network_server::to_session(uid,
                                        network_server::ChangeDevice{change, std::move(reply)});
    };
    context_.asker.ask<DevicePtr>(shards_.of(uid), "NETWORK_SERVER", std::move(make),
                                  std::move(then));
  }

  const ServiceContext& context_;
  NetworkServers shards_;
  Plans plans_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_ns_relay(const ServiceContext& context, NetworkServers shards,
                                             Plans plans) {
  return std::make_unique<NsRelay>(context, std::move(shards), std::move(plans));
}

}  // namespace ff::api
