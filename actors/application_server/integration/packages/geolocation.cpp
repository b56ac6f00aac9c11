#include "actors/application_server/integration/packages/geolocation.hpp"

#include <algorithm>

#include "actors/application_server/integration/packages/errors.hpp"

namespace ff::application_server::packages {
namespace {

using lora_cloud::Frame;
using lora_cloud::Solver;

constexpr std::string_view service = info_of(Package::geolocation).name;

struct Question {
  std::string_view operation;
  std::string body;
  Solver solver = Solver::lora;
};

std::optional<Question> several_frames(const GeolocationSettings& settings,
                                       const Incoming& incoming, const FrameHistory& history) {
  const auto& uplink = *incoming.uplink;
  auto count = settings.window_size;
  if (count == 0 && !uplink.frm_payload.empty())
    count = std::min<std::size_t>(uplink.frm_payload.front(), window_max);
  if (count == 0) return std::nullopt;
  const auto frames =
      history.recent(incoming.ids.uid.device_id, count, settings.window_age, uplink);
  if (std::ranges::all_of(frames, &Frame::empty)) return std::nullopt;
  return Question{"multiframe", lora_cloud::multi_frame_request(frames), Solver::lora};
}

std::optional<Question> by_arrival(const GeolocationSettings& settings, const Incoming& incoming,
                                   const FrameHistory& history) {
  if (settings.multi_frame) return several_frames(settings, incoming, history);
  const auto& receptions = incoming.uplink->receptions;
  if (receptions.empty()) return std::nullopt;
  return Question{"singleframe", lora_cloud::single_frame_request(receptions), Solver::lora};
}

std::optional<Question> by_satellites(const ReceivedUplink& uplink) {
  std::optional<Bytes> scan = uplink.frm_payload;
  if (!uplink.decoded_payload.empty()) scan = lora_cloud::gnss_scan_in(uplink.decoded_payload);
  if (!scan || scan->empty()) return std::nullopt;
  return Question{"gnss_lr1110_singleframe", lora_cloud::gnss_request(*scan), Solver::gnss};
}

/// One access point may be anywhere.
std::optional<Question> by_access_points(const ReceivedUplink& uplink) {
  const auto points = lora_cloud::access_points_in(uplink.decoded_payload);
  if (points.size() < 2 || uplink.receptions.empty()) return std::nullopt;
  return Question{"loraWifi", lora_cloud::wifi_request(uplink.receptions, points), Solver::wifi};
}

std::optional<Question> question(const GeolocationSettings& settings, const Incoming& incoming,
                                 const FrameHistory& history) {
  switch (settings.query) {
    case Query::toa_rssi:
      return by_arrival(settings, incoming, history);
    case Query::gnss:
      return by_satellites(*incoming.uplink);
    case Query::toa_wifi:
      return by_access_points(*incoming.uplink);
  }
  return std::nullopt;
}

std::string url_of(const GeolocationSettings& settings, const Servers& servers,
                   const Question& question) {
  auto url = settings.server_url.empty() ? servers.geolocation : settings.server_url;
  while (url.ends_with('/')) url.pop_back();
  return url + "/api/v1/solve/" + std::string(question.operation);
}

}  // namespace

Reaction react_geolocation(const Pair& pair, const Incoming& incoming, const Servers& servers,
                           FrameHistory& history) {
  if (!incoming.uplink) return {};
  const auto settings = geolocation_settings(pair);
  if (!settings) return {{}, fail(settings.error())};
  if (settings->query == Query::toa_rssi && settings->multi_frame)
    history.add(incoming.ids.uid.device_id, *incoming.uplink);
  auto asked = question(*settings, incoming, history);
  if (!asked) return {};
  return {{Ask{.url = url_of(*settings, servers, *asked),
               .token = settings->token,
               .body = std::move(asked->body),
               .answer = asked->solver}},
          {}};
}

Reaction geolocation_answered(Solver solver, std::string_view body) {
  auto answer = lora_cloud::parse_solver_answer(solver, body);
  if (!answer) return {{}, fail(answer.error())};
  Reaction out;
  out.steps.emplace_back(Publish{ServiceData{std::string(service), std::move(answer->body)}});
  if (!answer->errors.empty()) {
    out.status = fail(
        Error(location_query).caused_by(Error(solver_said, {{"message", answer->errors.front()}})));
  } else if (!answer->location) {
    out.status = fail(no_result);
  } else {
    out.steps.emplace_back(Publish{LocationSolved{std::string(service), *answer->location}});
  }
  return out;
}

}  // namespace ff::application_server::packages
