// What partners have had and what they may still have: limits by minute and day, and the rated
// records, one for each partner, role, direction and day. Pure. Days are UTC's.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/roaming/messages.hpp"
#include "config/roaming.hpp"
#include "storage/engine/engine.hpp"

namespace ff::roaming {

/// Days that are kept in memory and shown; older rows stay in the store.
inline constexpr std::int64_t days_kept = 400;

class Ledger {
 public:
  /// Of the partners' files.
  explicit Ledger(const std::vector<config::RoamingPartner>& partners);

  /// What was stored, before the first frame. Unreadable rows are errors: malformed_record,
  /// malformed_value, value_too_new; of the store.
  Status load(const storage::Reader& store, UtcTime now);

  /// Nothing: the frame fits, and counts against the limits. Else how long none of this account
  /// will.
  std::optional<Duration> refusal(const Account& account, UtcTime now);

  /// A frame that was carried; its record as it now is has to be stored.
  void rate(const Account& account, const Rated& frame, UtcTime now, storage::WriteBatch& out);

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
    std::uint64_t in_day = 0;
  };
  struct Row {
    Account account;
    std::int64_t day = 0;
    auto operator<=>(const Row&) const = default;
  };

  std::map<Account, Limit> limits_;
  std::map<Account, Use> uses_;
  std::map<Row, Tally> rows_;
};

/// `roaming/000013/forwarded/up`.
std::string series_of(const Account& account);
/// ON-DISK: a sealed record (storage/codec). Golden test: test/actors/roaming/ledger_test.cpp.
Bytes encode_tally(const Tally& tally);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<Tally> decode_tally(ByteView row);

}  // namespace ff::roaming
