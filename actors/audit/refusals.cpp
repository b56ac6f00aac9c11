#include "actors/audit/refusals.hpp"

#include <algorithm>
#include <utility>

#include "net/address/network_of.hpp"

namespace ff::audit {
namespace {

/// An account with all its keys, a key of an entity, else the network that a stranger calls from,
/// who may have named an account at a login.
std::string caller_of(const Record& record) {
  if (record.credential == Credential::none)
    return record.account + '@' + net::network_of(record.remote_address);
  return record.account.empty() ? record.credential_id : record.account;
}

std::string name_of(std::string_view caller, const Record& record) {
  return std::string(caller) + '\n' + record.method + '\n' + record.outcome;
}

/// Of many callers, who can not all be named.
Record of_anybody(const Record& refused) {
  Record record;
  record.action = refused.action;
  record.method = refused.method;
  record.outcome = refused.outcome;
  return record;
}

}  // namespace

bool Refusals::counts(const Record& refused, const Instant& now) {
  auto name = name_of(caller_of(refused), refused);
  const bool has_room = entries_.size() < rules_.entries_max || entries_.contains(name);
  if (!has_room) name = name_of("", refused);
  const auto [place, is_new] = entries_.try_emplace(std::move(name));
  auto& entry = place->second;
  if (is_new) entry.until = now.mono + rules_.interval;
  const auto whole_max = refused.credential == Credential::none ? 1 : rules_.whole_max;
  if (has_room && entry.whole < whole_max) {
    ++entry.whole;
    return false;
  }
  add(has_room ? refused : of_anybody(refused), now.utc, entry.record);
  return true;
}

void Refusals::add(Record refused, UtcTime now, Record& sum) const {
  if (sum.calls == 0) {
    sum = std::move(refused);
    sum.begun = now;
  } else {
    // What was asked for is not the same any more.
    sum.request.clear();
    sum.request_id.clear();
    sum.remote_address = std::move(refused.remote_address);
    for (auto& entity : refused.entities) {
      if (sum.entities.size() < rules_.entities_max &&
          std::ranges::find(sum.entities, entity) == sum.entities.end())
        sum.entities.push_back(std::move(entity));
    }
  }
  ++sum.calls;
}

std::vector<Record> Refusals::due(MonoTime now) {
  std::vector<Record> out;
  for (auto place = entries_.begin(); place != entries_.end();) {
    auto& entry = place->second;
    if (entry.until > now) {
      ++place;
      continue;
    }
    if (entry.record.calls > 0) out.push_back(std::move(entry.record));
    place = entries_.erase(place);
  }
  return out;
}

}  // namespace ff::audit
