#include "actors/application_server/integration/packages/clock_sync.hpp"

#include "actors/application_server/integration/packages/errors.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/clock_sync/correction.hpp"

namespace ff::application_server::packages {
namespace {

Error unsupported(const clock_sync::UpCommand& command) {
  Bytes bytes;
  append(bytes, command);
  return Error(unsupported_command, {{"command_id", bytes.front()},
                                     {"command_payload", hex_lower(ByteView(bytes).subspan(1))}});
}

/// Puts together what becomes of a device's commands. [TS003-2.0.0 §3]
struct CommandReader {
  const ClockSyncSettings& settings;
  GpsTime received;
  Reaction out;
  std::vector<clock_sync::AppTimeAns> answers;
  bool has_forgotten = false;

  void operator()(const clock_sync::AppTimeReq& request) {
    out.steps.emplace_back(
        Tell{{clock_sync::device_time(request, received), request.token, request.ans_required}});
    if (const auto answer = answer_to(request, received, settings.threshold))
      answers.push_back(*answer);
    // Its count begins anew with the device: what it was told may be gone.
    has_forgotten |= request.token == 0;
  }
  /// Versions 1 and 2 have the same commands.
  void operator()(const clock_sync::PackageVersionAns& answer) {
    const bool is_known = answer.identifier == clock_sync::package_identifier &&
                          (answer.version == 1 || answer.version == 2);
    if (!is_known && out.status) out.status = fail(unsupported(answer));
  }
  /// Its time is no question: only a request has a token that can be answered.
  void operator()(const clock_sync::PeriodicityAns& answer) {
    if (answer.not_supported && out.status) out.status = fail(periodicity_not_supported);
  }
};

/// At most one downlink.
void answer(const Pair& pair, std::vector<clock_sync::AppTimeAns> answers,
            std::optional<std::uint8_t> periodicity, Reaction& out) {
  if (answers.empty() && !periodicity) return;
  Push push{.f_port = FPort{pair.f_port}, .payload = {}, .told = std::move(answers)};
  for (const auto& one : push.told) append(push.payload, clock_sync::DownCommand(one));
  if (periodicity) {
    const clock_sync::PeriodicityReq request{*periodicity};
    append(push.payload, clock_sync::DownCommand(request));
  }
  out.steps.emplace_back(std::move(push));
}

}  // namespace

Reaction react_clock_sync(const Pair& pair, const Incoming& incoming) {
  const auto& uplink = incoming.uplink;
  if (uplink && (uplink->f_port != pair.f_port || uplink->frm_payload.empty())) return {};
  const auto settings = clock_sync_settings(pair);
  if (!uplink) {
    Reaction out;
    if (settings) answer(pair, {}, settings->periodicity, out);
    return out;
  }
  if (!settings) return {{}, fail(settings.error())};
  const auto parsed = clock_sync::parse_up(uplink->frm_payload);
  CommandReader reader{*settings, to_gps(uplink->received_at), {}, {}};
  for (const auto& command : parsed.commands) std::visit(reader, command);
  auto out = std::move(reader.out);
  if (!parsed.rest) out.status = parsed.rest;
  answer(pair, std::move(reader.answers),
         reader.has_forgotten ? settings->periodicity : std::nullopt, out);
  return out;
}

}  // namespace ff::application_server::packages
