// What partners have had and what they may still have: limits by minute and day, and the rated
// records, one for each partner, role, direction and day. Pure. Days are UTC's.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "actors/roaming/messages.hpp"
#include "config/roaming.hpp"
#include "storage/engine/engine.hpp"

namespace ff::roaming {

/// Days that are kept and shown; older rows are deleted.
inline constexpr std::int64_t days_kept = 400;

class Ledger {
 public:
  /// Of the partners' files.
  explicit Ledger(const std::vector<config::RoamingPartner>& partners);

  /// What was stored, before the first frame; also of networks that are no partners any more.
  /// Unreadable rows are errors: malformed_record, malformed_value, value_too_new; of the store.
  Status load(const storage::Reader& store, UtcTime now);

  /// Nothing: the frame fits, and counts against the limits. Else how long none of this account
  /// will.
  std::optional<Duration> refusal(const Account& account, UtcTime now);
  /// The frame has not been carried: it counts against the day's limit no more, which is for what
  /// is paid for. That of the minute is for what is asked.
  void give_back(const Account& account, UtcTime now);

  /// A frame that was carried; its record as it now is has to be stored. The day's first takes days
  /// that are too old with it.
  void rate(const Account& account, const Rated& frame, UtcTime now, storage::WriteBatch& out);

  /// Whether frames were refused since their record was written.
  bool has_unstored() const noexcept { return !unstored_.empty(); }
  /// Those records.
  void store_refusals(storage::WriteBatch& out);

  /// All that is kept, by partner, role, direction and day.
  std::vector<RatedRecord> records() const;

 private:
  struct Limit {
    std::uint32_t per_minute = 0;  // 0: none
    std::uint32_t per_day = 0;
  };
  struct Use {
    std::int64_t minute = 0;
    std::uint32_t in_minute = 0;
    std::int64_t day = 0;
    std::uint64_t in_day = 0;  // carried, or on the way to it
  };
  struct Row {
    Account account;
    std::int64_t day = 0;
    auto operator<=>(const Row&) const = default;
  };

  std::map<Account, Limit> limits_;
  std::map<Account, Use> uses_;
  std::map<Row, Tally> rows_;
  std::set<Account> accounts_;  // that have rows in the store
  std::set<Row> unstored_;      // by refusals
  std::int64_t cleaned_ = -1;   // the day on which the past was forgotten

  void put(const Row& row, storage::WriteBatch& out) const;
  void forget_before(std::int64_t day, storage::WriteBatch& out);
};

/// `roaming/000013/forwarded/up`.
std::string series_of(const Account& account);
std::optional<Account> parse_series(std::string_view series);
/// ON-DISK: a sealed record (storage/codec). Golden test: test/actors/roaming/ledger_test.cpp.
Bytes encode_tally(const Tally& tally);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<Tally> decode_tally(ByteView row);

}  // namespace ff::roaming
