#include "actors/roaming/ledger.hpp"

#include <algorithm>
#include <utility>

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
constexpr std::array<Way, 2> ways{Way::up, Way::down};
constexpr std::string_view series_root = "roaming/";
constexpr std::size_t net_id_digits = 6;

}  // namespace

std::string series_of(const Account& account) {
  return "roaming/" + to_string(account.partner) + "/" + to_string(account.role) + "/" +
         to_string(account.way);
}

std::optional<Account> parse_series(std::string_view series) {
  const auto digits = series.substr(std::min(series_root.size(), series.size()), net_id_digits);
  const auto net_id = parse_net_id(digits);
  if (!net_id) return std::nullopt;
  for (const auto role : roles) {
    for (const auto way : ways) {
      const Account account{*net_id, role, way};
      if (series_of(account) == series) return account;
    }
  }
  return std::nullopt;
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
  const auto today = day_of(now);
  Status status;
  const storage::Scan scan{.family = storage::Family::series,
                           .range = storage::prefix_range(to_owned(as_bytes(series_root)))};
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView value) {
    const auto parsed = storage::parse_series_key(key);
    if (!parsed) status = fail(parsed.error());
    if (!status) return false;
    const auto account = parse_series(parsed->name);
    const auto day = day_of(parsed->time);
    // An old row is not read any more, and forgotten with the next frame.
    if (!account || parsed->resolution_seconds != day_seconds) return true;
    accounts_.insert(*account);
    if (day < today - days_kept) return true;
    const auto tally = decode_tally(value);
    if (!tally) status = fail(tally.error());
    if (!status) return false;
    if (day == today) uses_[*account] = {0, 0, day, tally->frames};
    rows_[{*account, day}] = *tally;
    return true;
  }));
  return status;
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
    const Row row{account, use.day};
    ++rows_[row].refused;
    unstored_.insert(row);
    return wait;
  }
  ++use.in_minute;
  ++use.in_day;
  return std::nullopt;
}

void Ledger::give_back(const Account& account, UtcTime now) {
  const auto use = uses_.find(account);
  if (use == uses_.end() || use->second.day != day_of(now)) return;
  // Never below what was carried: the frame may be one of yesterday.
  const auto row = rows_.find({account, use->second.day});
  const auto carried = row == rows_.end() ? 0 : row->second.frames;
  if (use->second.in_day > carried) --use->second.in_day;
}

void Ledger::rate(const Account& account, const Rated& frame, UtcTime now,
                  storage::WriteBatch& out) {
  const Row row{account, day_of(now)};
  auto& tally = rows_[row];
  ++tally.frames;
  tally.bytes += frame.bytes;
  tally.airtime += frame.airtime;
  put(row, out);
  unstored_.erase(row);
  accounts_.insert(account);
  if (std::exchange(cleaned_, row.day) != row.day) forget_before(row.day - days_kept, out);
}

void Ledger::store_refusals(storage::WriteBatch& out) {
  for (const auto& row : std::exchange(unstored_, {})) {
    put(row, out);
    accounts_.insert(row.account);
  }
}

void Ledger::put(const Row& row, storage::WriteBatch& out) const {
  out.put(storage::Family::series,
          storage::series_key({series_of(row.account), day_seconds, start_of(row.day)}),
          encode_tally(rows_.at(row)));
}

void Ledger::forget_before(std::int64_t day, storage::WriteBatch& out) {
  for (const auto& account : accounts_) {
    const auto series = series_of(account);
    out.erase_range(storage::Family::series, storage::series_prefix(series, day_seconds),
                    storage::series_key({series, day_seconds, start_of(day)}));
  }
  std::erase_if(rows_, [day](const auto& row) { return row.first.day < day; });
  std::erase_if(unstored_, [day](const Row& row) { return row.day < day; });
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
