#include "actors/gateway_server/router/state.hpp"

#include <algorithm>

#include "actors/gateway_server/connection/errors.hpp"
#include "protocol/gateway/uplink_token.hpp"

namespace ff::gateway_server {
namespace {

/// The gateway a path names, itself or in its token.
GatewayId gateway_of(const DownlinkPath& path) {
  if (!path.gateway.gateway_id.empty() || path.uplink_token.empty()) return path.gateway.gateway_id;
  const auto token = gateway::decode_uplink_token(path.uplink_token);
  return token ? token->gateway.gateway_id : GatewayId{};
}

Error all_failed(const std::vector<Error>& causes) {
  std::vector<std::string> texts;
  texts.reserve(causes.size());
  for (const auto& cause : causes) texts.push_back(cause.to_string());
  auto error = Error(schedule_failed, {{"path_errors", std::move(texts)}});
  return causes.empty() ? error : std::move(error).caused_by(causes.front());
}

}  // namespace

DownlinkStep RouterState::start(const ScheduleDownlink& request) {
  if (attempts_.size() >= attempts_max) return AnswerDownlink{request.reply, fail(schedule_failed)};
  const auto id = ++last_id_;
  auto& attempt = attempts_.emplace(id, Attempt{request, 0, {}, {}, {}}).first->second;
  return go_on(id, attempt);
}

std::optional<DownlinkStep> RouterState::answered(const PathAnswered& message) {
  const auto found = attempts_.find(message.attempt);
  if (found == attempts_.end()) return std::nullopt;
  if (!message.answer) return refused(found->first, found->second, message.answer.error());
  AnswerDownlink step{std::move(found->second.request.reply), message.answer};
  attempts_.erase(found);
  return step;
}

void RouterState::asked(std::uint64_t attempt, ConnectionNumber connection) {
  const auto found = attempts_.find(attempt);
  if (found != attempts_.end()) found->second.asked = connection;
}

std::vector<DownlinkStep> RouterState::connection_gone(ConnectionNumber connection) {
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.asked == connection) waiting.push_back(id);
  }
  std::sort(waiting.begin(), waiting.end());
  std::vector<DownlinkStep> steps;
  steps.reserve(waiting.size());
  for (const auto id : waiting) {
    auto& attempt = attempts_.at(id);
    const Error error(not_connected, {{"gateway_uid", attempt.gateway_id.text()}});
    steps.push_back(refused(id, attempt, error));
  }
  return steps;
}

DownlinkStep RouterState::refused(std::uint64_t id, Attempt& attempt, const Error& error) {
  attempt.errors.push_back(
      Error(schedule_path, {{"gateway_uid", attempt.gateway_id.text()}}).caused_by(error));
  ++attempt.path;
  return go_on(id, attempt);
}

DownlinkStep RouterState::go_on(std::uint64_t id, Attempt& attempt) {
  const auto& paths = attempt.request.frame->request.paths;
  if (attempt.path < paths.size()) {
    attempt.gateway_id = gateway_of(paths[attempt.path]);
    attempt.asked.reset();
    return TryPath{id, attempt.gateway_id, attempt.path, attempt.request.frame};
  }
  AnswerDownlink step{std::move(attempt.request.reply), fail(all_failed(attempt.errors))};
  attempts_.erase(id);
  return step;
}

}  // namespace ff::gateway_server
