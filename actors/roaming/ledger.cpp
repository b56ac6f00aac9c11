#include "actors/roaming/ledger.hpp"

#include <algorithm>

#include "storage/codec/fields.hpp"
#include "storage/keys/keys.hpp"

namespace ff::roaming {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, Tally& tally) {
  a(1, tally.frames);
  a(2, tally.bytes);
  a(3, tally.airtime);
  a(4, tally.refused);
}

namespace {

constexpr storage::ValueVersion tally_version = 1;
constexpr std::uint32_t day_seconds = 86'400;
constexpr Duration day_length = std::chrono::seconds{day_seconds};
constexpr Duration minute_length = std::chrono::minutes{1};

std::int64_t day_of(UtcTime time) {
  return time.time_since_epoch() / day_length;
}

UtcTime start_of(std::int64_t day) {
  return UtcTime(day * day_length);
}

constexpr std::array<Role, 2> roles{Role::forwarded, Role::accepted};

}  // namespace

std::string series_of(const Account& account) {
  return "roaming/" + to_string(account.partner) + "/" + to_string(account.role) + "/" +
         to_string(account.way);
}

Bytes encode_tally(const Tally& tally) {
  return storage::seal_record(tally_version, tally);
}

Result<Tally> decode_tally(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, tally_version));
  return storage::read_record<Tally>(envelope.body);
}

Ledger::Ledger(const std::vector<config::RoamingPartner>& partners) {
  for (const auto& partner : partners) {
    for (const auto role : roles) {
      const auto& limits = role == Role::forwarded ? partner.forward.limits : partner.accept.limits;
      limits_[{partner.net_id, role, Way::up}] = {limits.uplinks_per_minute,
                                                  limits.uplinks_per_day};
      limits_[{partner.net_id, role, Way::down}] = {limits.downlinks_per_minute,
                                                    limits.downlinks_per_day};
    }
  }
}

Status Ledger::load(const storage::Reader& store, UtcTime now) {
  const auto first = start_of(day_of(now) - days_kept);
  for (const auto& [account, limit] : limits_) {
    const auto series = series_of(account);
    storage::Scan scan{.family = storage::Family::series,
                       .range = storage::prefix_range(storage::series_prefix(series, day_seconds))};
    scan.range.first = storage::series_key({series, day_seconds, first});
    Status status;
    const auto visit = [&, who = account](ByteView key, ByteView value) {
      const auto parsed = storage::parse_series_key(key);
      auto tally = decode_tally(value);
      if (!parsed) status = fail(parsed.error());
      if (!tally) status = fail(tally.error());
      if (!status) return false;
      const auto day = day_of(parsed->time);
      if (day == day_of(now)) uses_[who] = {0, 0, day, tally->frames};
      rows_[{who, day}] = *tally;
      return true;
    };
    FF_CHECK(store.scan(scan, visit));
    FF_CHECK(status);
  }
  return {};
}

std::optional<Duration> Ledger::refusal(const Account& account, UtcTime now) {
  const auto limit = limits_[account];
  auto& use = uses_[account];
  const auto since = now.time_since_epoch();
  const auto minute = since / minute_length;
  if (minute != use.minute) {
    use.minute = minute;
    use.in_minute = 0;
  }
  if (const auto day = day_of(now); day != use.day) {
    use.day = day;
    use.in_day = 0;
  }
  std::optional<Duration> wait;
  if (limit.per_day > 0 && use.in_day >= limit.per_day) wait = day_length - since % day_length;
  if (!wait && limit.per_minute > 0 && use.in_minute >= limit.per_minute)
    wait = minute_length - since % minute_length;
  if (wait) {
    ++rows_[{account, use.day}].refused;
    return wait;
  }
  ++use.in_minute;
  ++use.in_day;
  return std::nullopt;
}

void Ledger::rate(const Account& account, const Rated& frame, UtcTime now,
                  storage::WriteBatch& out) {
  const auto day = day_of(now);
  auto& tally = rows_[{account, day}];
  ++tally.frames;
  tally.bytes += frame.bytes;
  tally.airtime += frame.airtime;
  out.put(storage::Family::series,
          storage::series_key({series_of(account), day_seconds, start_of(day)}),
          encode_tally(tally));
  std::erase_if(rows_, [&](const auto& row) { return row.first.day < day - days_kept; });
}

std::vector<RatedRecord> Ledger::records() const {
  std::vector<RatedRecord> out;
  out.reserve(rows_.size());
  for (const auto& [row, tally] : rows_) out.push_back({row.account, start_of(row.day), tally});
  return out;
}

const char* to_string(Role role) noexcept {
  return role == Role::forwarded ? "forwarded" : "accepted";
}
const char* to_string(Way way) noexcept {
  return way == Way::up ? "up" : "down";
}

}  // namespace ff::roaming
