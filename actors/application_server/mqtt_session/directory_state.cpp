#include "actors/application_server/mqtt_session/directory_state.hpp"

namespace ff::application_server::mqtt_session {
namespace {

bool is_over(const KnownSession& session, UtcTime now) {
  return !session.running && session.expires_at != UtcTime{} && session.expires_at <= now;
}

}  // namespace

void DirectoryState::found(const SessionKey& key, const SessionRecord& record, UtcTime now) {
  const auto [session, is_new] = sessions_.try_emplace(key);
  if (!is_new) return;
  ++counts_[key.application_id];
  session->second.expires_at = record.expires_at != UtcTime{}
                                   ? record.expires_at
                                   : now + std::chrono::seconds{record.expiry};
  session->second.expiry = record.expiry;
}

bool DirectoryState::attach(const SessionKey& key, std::uint32_t expiry) {
  auto session = sessions_.find(key);
  if (session == sessions_.end()) {
    auto& count = counts_[key.application_id];
    if (count >= config_.sessions_max) return false;
    ++count;
    session = sessions_.try_emplace(key).first;
  }
  session->second.running = true;
  session->second.expires_at = {};
  session->second.expiry = expiry;
  ++session->second.orders;
  return true;
}

bool DirectoryState::end(const SessionKey& key, std::uint64_t orders, Sessions::iterator& found) {
  found = sessions_.find(key);
  return found != sessions_.end() && found->second.running && found->second.orders == orders;
}

bool DirectoryState::idle(const SessionKey& key, std::uint64_t orders, UtcTime expires_at) {
  Sessions::iterator session;
  if (!end(key, orders, session)) return false;
  session->second = {.expires_at = expires_at};
  return true;
}

bool DirectoryState::gone(const SessionKey& key, std::uint64_t orders) {
  Sessions::iterator session;
  if (!end(key, orders, session)) return false;
  forget(session);
  return true;
}

void DirectoryState::failed(const SessionKey& key, UtcTime now) {
  const auto session = sessions_.find(key);
  if (session == sessions_.end()) return;
  const auto expiry = session->second.expiry;
  session->second = {.expires_at = now + std::chrono::seconds{expiry}, .expiry = expiry};
}

bool DirectoryState::remove(const SessionKey& key) {
  const auto session = sessions_.find(key);
  if (session == sessions_.end()) return false;
  if (session->second.running) {
    ++session->second.orders;
    return true;
  }
  forget(session);
  return false;
}

bool DirectoryState::is_expired(const SessionKey& key, UtcTime now) const {
  const auto session = sessions_.find(key);
  return session != sessions_.end() && is_over(session->second, now);
}

DirectoryState::Sessions::iterator DirectoryState::forget(Sessions::iterator session) {
  const auto count = counts_.find(session->first.application_id);
  if (--count->second == 0) counts_.erase(count);
  return sessions_.erase(session);
}

DirectoryState::Sweep DirectoryState::sweep(const SessionKey& from, UtcTime now) {
  Sweep out;
  auto session = sessions_.lower_bound(from);
  for (std::size_t i = 0; i < config_.sweep_sessions && session != sessions_.end(); ++i) {
    if (is_over(session->second, now)) {
      out.expired.push_back(session->first);
      session = forget(session);
    } else {
      ++session;
    }
  }
  if (session != sessions_.end()) out.next = session->first;
  return out;
}

std::vector<SessionKey> DirectoryState::sweep_application(const ApplicationId& application_id,
                                                          UtcTime now) {
  std::vector<SessionKey> expired;
  auto session = sessions_.lower_bound({application_id, {}});
  while (session != sessions_.end() && session->first.application_id == application_id) {
    if (is_over(session->second, now)) {
      expired.push_back(session->first);
      session = forget(session);
    } else {
      ++session;
    }
  }
  return expired;
}

std::vector<SessionKey> DirectoryState::of_application(const ApplicationId& application_id) const {
  std::vector<SessionKey> keys;
  for (auto session = sessions_.lower_bound({application_id, {}});
       session != sessions_.end() && session->first.application_id == application_id; ++session)
    keys.push_back(session->first);
  return keys;
}

const KnownSession* DirectoryState::find(const SessionKey& key) const {
  const auto session = sessions_.find(key);
  return session == sessions_.end() ? nullptr : &session->second;
}

}  // namespace ff::application_server::mqtt_session
