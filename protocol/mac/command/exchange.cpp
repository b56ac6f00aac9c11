#include "protocol/mac/command/exchange.hpp"

#include <algorithm>

#include "protocol/mac/refusal.hpp"

namespace ff::mac {

void UplinkExchange::respond(Command answer, EventName name) {
  publish(name, answer);
  state.queued_responses.push_back(std::move(answer));
}

void UplinkExchange::refused(std::span<const Command> request) {
  if (note_refusal(state.rejected, request, context.profile.region))
    given_up.push_back(cid_of(request.front()));
}

Result<std::optional<Command>> UplinkExchange::take(Cid cid) {
  auto& pending = state.pending_requests;
  const auto found = std::ranges::find(pending, cid, cid_of);
  if (found != pending.end()) {
    std::optional<Command> command = std::move(*found);
    pending.erase(found);
    forget_unanswered(state, cid);
    return command;
  }
  const CommandInfo* info = command_info(cid);
  const bool repeated = std::ranges::find(previous_cids, cid) != previous_cids.end();
  if (info != nullptr && info->sticky_answer && repeated) return std::optional<Command>{};
  return fail(request_not_found, {{"cid", static_cast<int>(cid)}});
}

bool answered_last(const MacState& state, Cid cid) {
  const auto& cids = state.recent_mac_command_identifiers;
  return std::ranges::find(cids, cid) != cids.end();
}

}  // namespace ff::mac
