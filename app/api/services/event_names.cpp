#include "app/api/services/event_names.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "protocol/mac/event.hpp"

namespace ff::api {
namespace {

/// Beside those of MAC commands, which protocol/mac knows. [shared/api/events.tsv]
constexpr std::string_view others[] = {
    "account.user.login_failed",
    "application.api-key.create",
    "application.api-key.delete",
    "application.api-key.update",
    "application.collaborator.delete",
    "application.collaborator.update",
    "application.create",
    "application.delete",
    "application.issue_dev_eui",
    "application.purge",
    "application.restore",
    "application.update",
    "as.application.subscribe",
    "as.application.unsubscribe",
    "as.down.data.ack.forward",
    "as.down.data.decode.fail",
    "as.down.data.decode.warning",
    "as.down.data.drop",
    "as.down.data.encode.fail",
    "as.down.data.encode.warning",
    "as.down.data.failed.forward",
    "as.down.data.forward",
    "as.down.data.nack.forward",
    "as.down.data.queue.invalidated.forward",
    "as.down.data.receive",
    "as.down.data.sent.forward",
    "as.end_device.batch.delete",
    "as.end_device.create",
    "as.end_device.delete",
    "as.end_device.update",
    "as.mqtt.connect.fail",
    "as.packages.alcsync.v1.fail",
    "as.packages.alcsync.v1.time_correction.answer_enqueued",
    "as.packages.alcsync.v1.time_correction.cmd_received",
    "as.packages.loraclouddmsv1.fail",
    "as.packages.loracloudglsv3.fail",
    "as.pubsub.delete",
    "as.pubsub.fail",
    "as.pubsub.set",
    "as.pubsub.start",
    "as.pubsub.stop",
    "as.up.data.decode.fail",
    "as.up.data.decode.warning",
    "as.up.data.drop",
    "as.up.data.forward",
    "as.up.data.normalize.warning",
    "as.up.data.receive",
    "as.up.join.drop",
    "as.up.join.forward",
    "as.up.join.receive",
    "as.up.location.forward",
    "as.up.normalized.forward",
    "as.up.service.forward",
    "as.webhook.fail",
    "client.collaborator.delete",
    "client.collaborator.update",
    "client.create",
    "client.delete",
    "client.purge",
    "client.restore",
    "client.update",
    "dcs.end_device.claim.abort",
    "dcs.end_device.claim.fail",
    "dcs.end_device.claim.success",
    "dcs.end_device.unclaim.fail",
    "dcs.end_device.unclaim.success",
    "dcs.gateway.claim.abort",
    "dcs.gateway.claim.fail",
    "dcs.gateway.claim.success",
    "dcs.gateway.unclaim.fail",
    "dcs.gateway.unclaim.success",
    "end_device.batch.delete",
    "end_device.create",
    "end_device.delete",
    "end_device.update",
    "gateway.api-key.create",
    "gateway.api-key.delete",
    "gateway.api-key.update",
    "gateway.batch.delete",
    "gateway.collaborator.delete",
    "gateway.collaborator.update",
    "gateway.create",
    "gateway.delete",
    "gateway.purge",
    "gateway.restore",
    "gateway.update",
    "gcs.managed.cellular.down",
    "gcs.managed.cellular.up",
    "gcs.managed.controller.down",
    "gcs.managed.controller.up",
    "gcs.managed.ethernet.down",
    "gcs.managed.ethernet.up",
    "gcs.managed.gs.down",
    "gcs.managed.gs.up",
    "gcs.managed.location.update",
    "gcs.managed.system_status.receive",
    "gcs.managed.update",
    "gcs.managed.wifi.down",
    "gcs.managed.wifi.fail",
    "gcs.managed.wifi.up",
    "gs.down.schedule.attempt",
    "gs.down.schedule.fail",
    "gs.down.send",
    "gs.down.tx.fail",
    "gs.down.tx.success",
    "gs.gateway.connect",
    "gs.gateway.connection.stats",
    "gs.gateway.disconnect",
    "gs.io.status.drop",
    "gs.io.tx.ack.drop",
    "gs.io.up.drop",
    "gs.io.up.repeat",
    "gs.status.drop",
    "gs.status.receive",
    "gs.txack.drop",
    "gs.txack.forward",
    "gs.txack.receive",
    "gs.up.drop",
    "gs.up.forward",
    "gs.up.late",  // Farfield's own
    "gs.up.receive",
    "invitation.create",
    "js.end_device.batch.delete",
    "js.end_device.create",
    "js.end_device.delete",
    "js.end_device.update",
    "js.join.accept",
    "js.join.reject",
    "ns.down.data.schedule.attempt",
    "ns.down.data.schedule.fail",
    "ns.down.data.schedule.success",
    "ns.down.join.schedule.attempt",
    "ns.down.join.schedule.fail",
    "ns.down.join.schedule.success",
    "ns.down.rx.parameters.fail",
    "ns.down.transmission.fail",
    "ns.down.transmission.success",
    "ns.end_device.batch.delete",
    "ns.end_device.create",
    "ns.end_device.delete",
    "ns.end_device.update",
    "ns.up.data.drop",
    "ns.up.data.forward",
    "ns.up.data.process",
    "ns.up.data.receive",
    "ns.up.join.accept.forward",
    "ns.up.join.cluster.attempt",
    "ns.up.join.cluster.fail",
    "ns.up.join.cluster.success",
    "ns.up.join.drop",
    "ns.up.join.interop.attempt",
    "ns.up.join.interop.fail",
    "ns.up.join.interop.success",
    "ns.up.join.process",
    "ns.up.join.receive",
    "ns.up.relay.drop",
    "ns.up.relay.process",
    "oauth.authorize",
    "oauth.session.terminated",
    "oauth.token.deleted",
    "oauth.token.exchange",
    "oauth.user.login",
    "oauth.user.logout",
    "organization.api-key.create",
    "organization.api-key.delete",
    "organization.api-key.update",
    "organization.collaborator.delete",
    "organization.collaborator.update",
    "organization.create",
    "organization.delete",
    "organization.purge",
    "organization.restore",
    "organization.update",
    "user.api-key.create",
    "user.api-key.delete",
    "user.api-key.update",
    "user.create",
    "user.delete",
    "user.notification.create",
    "user.notification.update_status",
    "user.purge",
    "user.restore",
    "user.update",
    "user.update.incorrect_password",
};

/// In order.
const std::vector<std::string_view>& defined() {
  static const auto names = [] {
    std::vector<std::string_view> all(std::begin(others), std::end(others));
    for (std::size_t i = 0; i < mac::event_name_count; ++i)
      all.push_back(mac::to_string(static_cast<mac::EventName>(i)));
    std::ranges::sort(all);
    return all;
  }();
  return names;
}

constexpr std::size_t pattern_size_max = 256;

Status add_matching(std::string_view pattern, EventNames& names) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(std::int64_t{1} << 20U);
  const RE2 expression(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (pattern.size() > pattern_size_max || !expression.ok()) return fail(invalid_regexp);
  bool found = false;
  for (const auto name : defined()) {
    if (!RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), expression)) continue;
    names.insert(name);
    found = true;
  }
  return found ? Status() : fail(no_matching_events, {{"regexp", pattern}});
}

Status add_exact(std::string_view name, EventNames& names) {
  const auto found = std::ranges::lower_bound(defined(), name);
  if (found == defined().end() || *found != name) return fail(unknown_event_name, {{"name", name}});
  names.insert(*found);
  return {};
}

}  // namespace

Result<EventNames> resolve_event_names(const std::vector<std::string>& patterns) {
  EventNames names;
  for (const std::string_view pattern : patterns) {
    const bool is_expression =
        pattern.size() >= 2 && pattern.starts_with('/') && pattern.ends_with('/');
    if (is_expression) {
      FF_CHECK(add_matching(pattern.substr(1, pattern.size() - 2), names));
    } else {
      FF_CHECK(add_exact(pattern, names));
    }
  }
  return names;
}

}  // namespace ff::api
