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

/// Answers of the device to questions that the application asked are not for us.
void react_to(const clock_sync::UpCommand& command, GpsTime received, Duration threshold,
              Reaction& out, std::vector<clock_sync::AppTimeAns>& answers) {
  const auto* request = std::get_if<clock_sync::AppTimeReq>(&command);
  if (request == nullptr) {
    if (out.status) out.status = fail(unsupported(command));
    return;
  }
  out.steps.emplace_back(
      Tell{{clock_sync::device_time(*request, received), request->token, request->ans_required}});
  if (const auto answer = answer_to(*request, received, threshold)) answers.push_back(*answer);
}

}  // namespace

Reaction react_clock_sync(const Pair& pair, const Incoming& incoming) {
  const auto& uplink = incoming.uplink;
  if (!uplink || uplink->f_port != pair.f_port || uplink->frm_payload.empty()) return {};
  const auto settings = clock_sync_settings(pair);
  if (!settings) return {{}, fail(settings.error())};
  const auto parsed = clock_sync::parse_up(uplink->frm_payload);
  Reaction out;
  std::vector<clock_sync::AppTimeAns> answers;
  const auto received = to_gps(uplink->received_at);
  for (const auto& command : parsed.commands)
    react_to(command, received, settings->threshold, out, answers);
  if (!parsed.rest) out.status = parsed.rest;
  if (answers.empty()) return out;
  Push push{.f_port = FPort{pair.f_port}, .payload = {}, .told = std::move(answers)};
  for (const auto& answer : push.told) append(push.payload, clock_sync::DownCommand(answer));
  out.steps.emplace_back(std::move(push));
  return out;
}

}  // namespace ff::application_server::packages
