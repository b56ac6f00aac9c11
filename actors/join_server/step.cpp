#include "actors/join_server/step.hpp"

#include <algorithm>

#include "actors/join_server/authorization.hpp"
#include "actors/join_server/key_labels.hpp"

namespace ff::join_server {
namespace {

/// The reply may be null: an asker that does not care.
template <class Message, class Value>
std::function<void()> answer(const Message& message, Value value) {
  return [reply = message.reply, value = std::move(value)]() mutable {
    if (reply) reply(std::move(value));
  };
}

template <class Message>
Step refusal(const Message& message, Error error) {
  Step out;
  out.answer = answer(message, fail(error));
  out.error = std::move(error);
  return out;
}

events::Event event_of(std::string_view name, const JoinDevice& device, UtcTime now,
                       const CorrelationIds& ids = {}) {
  return {.name = name, .time = now, .subject = device.ids, .correlation_ids = ids, .data = {}};
}

/// Of the registry.
events::Event change_event(std::string_view name, const JoinDevice& device, UtcTime now,
                           const events::Cause& cause) {
  auto out = event_of(name, device, now, cause.correlation_ids);
  out.caller = cause.caller;
  return out;
}

Step handle(const DevicePtr& current, const HandleJoin& request, const Config& config,
            const JoinInputs& inputs) {
  if (!current) return refusal(request, Error(device_not_found));
  return joined_step(request, join_device(*current, request, config, inputs), inputs.now);
}

/// Null: no such session is kept.
const JoinSession* find_session(const DevicePtr& device, const SessionKeyId& id) {
  if (!device) return nullptr;
  const auto& sessions = device->sessions;
  const auto found =
      std::find_if(sessions.begin(), sessions.end(),
                   [&](const JoinSession& session) { return session.keys.session_key_id == id; });
  return found == sessions.end() ? nullptr : &*found;
}

Result<const activation::Settings*> settings_of(const JoinDevice& device,
                                                const JoinInputs& inputs) {
  return activation::find(inputs.activations, device.ids.uid.application_id);
}

Step handle(const DevicePtr& current, const GetAppSKey& request, const Config&,
            const JoinInputs& inputs) {
  if (current && request.device && *request.device != current->ids.uid)
    return refusal(request, Error(device_not_found).caused_by(Error(duplicate_identifiers)));
  const auto* session = find_session(current, request.session_key_id);
  if (session == nullptr) return refusal(request, Error(device_not_found));
  if (request.external) {
    const auto settings = settings_of(*current, inputs);
    if (!settings) return refusal(request, settings.error());
    const auto allowed = authorize(*current, *settings, *request.external);
    if (!allowed) return refusal(request, allowed.error());
  }
  if (is_empty(session->keys.app_s_key)) return refusal(request, Error(no_app_s_key));
  Step out;
  out.answer = answer(request, session->keys.app_s_key);
  return out;
}

Step handle(const DevicePtr& current, const GetNwkSKeys& request, const Config&,
            const JoinInputs& inputs) {
  const auto* session = find_session(current, request.session_key_id);
  if (session == nullptr) return refusal(request, Error(device_not_found));
  static const key_vault::KeyVault empty;
  auto label = network_server_label(*current, inputs.vault ? *inputs.vault : empty);
  if (!label) return refusal(request, label.error());
  Step out;
  out.answer = answer(request, network_server::JoinAnswer{{}, session->keys, *std::move(label)});
  return out;
}

Step handle(const DevicePtr& current, const GetHomeNetwork& request, const Config&,
            const JoinInputs& inputs) {
  if (!current) return refusal(request, Error(device_not_found));
  const auto settings = settings_of(*current, inputs);
  if (!settings) return refusal(request, settings.error());
  const auto net_id = home_net_id(*current, *settings);
  if (!net_id) return refusal(request, Error(no_net_id));
  Step out;
  out.answer = answer(request, HomeNetwork{*net_id, current->network_server_address,
                                           current->ids.uid.application_id.text()});
  return out;
}

Step handle(const DevicePtr& current, const GetJoinDevice& request, const Config&,
            const JoinInputs&) {
  if (!current) return refusal(request, Error(device_not_found));
  Step out;
  out.answer = answer(request, current);
  return out;
}

/// What no change may break.
Status check_change(const JoinDevice* current, const JoinDevice& next,
                    const ChangeJoinDevice& request) {
  if (request.dev_eui == DevEui{0}) return fail(no_dev_eui);
  if (next.ids.join_eui != request.join_eui) return fail(field_value, {{"field", "ids.join_eui"}});
  if (next.ids.dev_eui != request.dev_eui) return fail(field_value, {{"field", "ids.dev_eui"}});
  if (current != nullptr && current->ids.uid != next.ids.uid) return fail(duplicate_identifiers);
  if (next.app_key.key && next.app_key.key->is_zero()) {
    return fail(field_value, {{"field", "root_keys.app_key.key"}});
  }
  return {};
}

Step handle(const DevicePtr& current, const ChangeJoinDevice& request, const Config& config,
            const JoinInputs& inputs) {
  auto changed = request.change(current.get());
  if (!changed) return refusal(request, changed.error());
  if (auto status = check_change(current.get(), *changed, request); !status)
    return refusal(request, status.error());
  // A zero NwkKey clears it. [spec join-server §8]
  if (changed->nwk_key.key && changed->nwk_key.key->is_zero()) changed->nwk_key = {};
  changed->created_at = current ? current->created_at : inputs.now;
  changed->updated_at = inputs.now;
  changed->counter_jump = config.counter_jump;
  Step out;
  DevicePtr next = std::make_shared<const JoinDevice>(*std::move(changed));
  out.answer = answer(request, next);
  out.events.push_back(change_event(current ? "js.end_device.update" : "js.end_device.create",
                                    *next, inputs.now, request.cause));
  if (current) out.events.back().data = events::FieldPaths{request.paths};
  out.write = std::move(next);
  return out;
}

Step handle(const DevicePtr& current, const DeleteJoinDevice& request, const Config&,
            const JoinInputs& inputs) {
  if (!current) return refusal(request, Error(device_not_found));
  Step out;
  out.write = DevicePtr();
  out.answer = answer(request, Status());
  if (!request.in_batch)
    out.events.push_back(change_event("js.end_device.delete", *current, inputs.now, request.cause));
  return out;
}

}  // namespace

storage::JoinKey key_of(const Request& request) {
  return std::visit(
      [](const auto& message) {
        return storage::JoinKey{message.join_eui, message.dev_eui};
      },
      request);
}

void refuse(const Request& request, const Error& error) {
  std::visit(
      [&](const auto& message) {
        if (message.reply) message.reply(fail(error));
      },
      request);
}

Step step(const DevicePtr& current, const Request& request, const Config& config,
          const JoinInputs& inputs) {
  auto out = std::visit(
      [&](const auto& message) { return handle(current, message, config, inputs); }, request);
  // A join of a device that is not there; others have it from joined_step.
  const auto* join = std::get_if<HandleJoin>(&request);
  if (out.error && out.events.empty() && join != nullptr)
    out.events.push_back(join_rejected(*join, *out.error, inputs.now));
  return out;
}

Step joined_step(const HandleJoin& request, Result<Joined> joined, UtcTime now) {
  if (!joined) {
    auto out = refusal(request, joined.error());
    out.events.push_back(join_rejected(request, *out.error, now));
    return out;
  }
  Step out;
  auto next = std::make_shared<const JoinDevice>(std::move(joined->next));
  out.answer = answer(request, std::move(joined->answer));
  out.events.push_back(event_of("js.join.accept", *next, now, request.correlation_ids));
  out.write = std::move(next);
  return out;
}

events::Event join_rejected(const HandleJoin& request, const Error& error, UtcTime now) {
  return {.name = "js.join.reject",
          .time = now,
          .subject = {},
          .correlation_ids = request.correlation_ids,
          .data = error};
}

}  // namespace ff::join_server
