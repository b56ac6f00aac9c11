#include "actors/application_server/pipeline/push.hpp"

#include <algorithm>

#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "protocol/base/base64.hpp"

namespace ff::application_server {
namespace {

const AttributeValue* find(const Error& error, std::string_view name) {
  for (const auto& attribute : error.attributes()) {
    if (attribute.name == name) return &attribute.value;
  }
  return nullptr;
}

std::optional<NetworkSession> read_session(const Error& error, const std::string& prefix) {
  const auto* dev_addr = find(error, prefix + "dev_addr");
  const auto* id = find(error, prefix + "session_key_id");
  const auto* min = find(error, prefix + "min_f_cnt_down");
  if (dev_addr == nullptr || !std::holds_alternative<std::string>(*dev_addr)) return std::nullopt;
  NetworkSession session;
  const auto address = parse_dev_addr(std::get<std::string>(*dev_addr));
  if (!address) return std::nullopt;
  session.dev_addr = *address;
  if (id != nullptr && std::holds_alternative<std::string>(*id)) {
    session.session_key_id = base64_decode(std::get<std::string>(*id)).value_or(Bytes{});
  }
  if (min != nullptr && std::holds_alternative<std::int64_t>(*min)) {
    session.min_f_cnt_down = static_cast<std::uint32_t>(std::get<std::int64_t>(*min));
  }
  return session;
}

/// Numbers and encrypts for one session, or takes the application's own when crypto is skipped.
Status seal_for(AppDevice& device, AppSession& session, const Push& push,
                const PayloadCrypto& crypto, std::vector<ApplicationDownlink>& out) {
  if (skips_crypto(device, session, crypto)) {
    for (auto item : push.items) {
      if (item.session_key_id.empty()) item.session_key_id = session.session_key_id;
      if (item.session_key_id == session.session_key_id) out.push_back(std::move(item));
    }
    return {};
  }
  FF_TRY(const auto key, usable_key(session, crypto.unwrap));
  for (auto item : push.items) {
    session.last_a_f_cnt_down = FCnt32{session.last_a_f_cnt_down.value() + 1};
    item.f_cnt = session.last_a_f_cnt_down;
    item.session_key_id = session.session_key_id;
    item.decoded_payload_json.clear();
    crypt(item, key, session.dev_addr);
    out.push_back(std::move(item));
  }
  return {};
}

/// Our idea of one session set right; returns false when its AppSKey is not known.
bool adopt_one(std::optional<AppSession>& ours, std::optional<AppSession>& other,
               const NetworkSession& theirs,
               const std::optional<std::pair<SessionKeyId, KeyEnvelope>>& fetched, UtcTime now) {
  const auto is_theirs = [&](const std::optional<AppSession>& session) {
    return session && session->session_key_id == theirs.session_key_id &&
           session->dev_addr == theirs.dev_addr;
  };
  if (!is_theirs(ours)) {
    if (is_theirs(other)) {
      ours = other;
    } else if (fetched && fetched->first == theirs.session_key_id) {
      ours = AppSession{theirs.dev_addr, theirs.session_key_id, fetched->second, {}, now};
    } else {
      return false;
    }
  }
  // Never back: what was numbered may have been sent.
  const FCnt32 floor{theirs.min_f_cnt_down == 0 ? 0 : theirs.min_f_cnt_down - 1};
  ours->last_a_f_cnt_down = std::max(ours->last_a_f_cnt_down, floor);
  return true;
}

}  // namespace

events::EventData event_data(const ApplicationDownlink& item) {
  return std::make_shared<const ApplicationUp>(ApplicationUp{.up = DownlinkQueued{item}});
}

Result<std::vector<ApplicationDownlink>> seal_downlinks(AppDevice& device, const Push& push,
                                                        const PayloadCrypto& crypto) {
  std::vector<ApplicationDownlink> sealed;
  bool any = false;
  for (auto* session : {&device.session, &device.pending_session}) {
    if (!*session || !push.target.includes(**session)) continue;
    any = true;
    FF_CHECK(seal_for(device, **session, push, crypto, sealed));
  }
  if (!any) return fail(no_device_session);
  return sealed;
}

std::vector<SpentCounters> spent_between(const AppDevice& before, const AppDevice& after) {
  std::vector<SpentCounters> out;
  const auto add = [&](const std::optional<AppSession>& earlier,
                       const std::optional<AppSession>& later) {
    if (!earlier || !later || earlier->last_a_f_cnt_down == later->last_a_f_cnt_down) return;
    out.push_back({later->session_key_id, earlier->last_a_f_cnt_down, later->last_a_f_cnt_down});
  };
  add(before.session, after.session);
  add(before.pending_session, after.pending_session);
  return out;
}

bool give_back(AppDevice& device, const std::vector<SpentCounters>& spent) {
  bool changed = false;
  for (const auto& counters : spent) {
    for (auto* session : {&device.session, &device.pending_session}) {
      if (!*session || (*session)->session_key_id != counters.session_key_id ||
          (*session)->last_a_f_cnt_down != counters.last)
        continue;
      (*session)->last_a_f_cnt_down = counters.before;
      changed = true;
    }
  }
  return changed;
}

std::optional<NetworkSessions> network_sessions(const Error& error) {
  NetworkSessions sessions{read_session(error, ""), read_session(error, "pending_")};
  if (!sessions.current && !sessions.pending) return std::nullopt;
  return sessions;
}

std::optional<NetworkSession> adopt(
    AppDevice& device, const NetworkSessions& network,
    const std::optional<std::pair<SessionKeyId, KeyEnvelope>>& fetched, UtcTime now) {
  if (!network.current) {
    device.session.reset();
  } else if (!adopt_one(device.session, device.pending_session, *network.current, fetched, now)) {
    return network.current;
  }
  if (!network.pending) {
    device.pending_session.reset();
  } else if (!adopt_one(device.pending_session, device.session, *network.pending, fetched, now)) {
    return network.pending;
  }
  return std::nullopt;
}

}  // namespace ff::application_server
