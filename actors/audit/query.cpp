#include "actors/audit/query.hpp"

#include <algorithm>

#include "storage/keys/audit_keys.hpp"

namespace ff::audit {
namespace {

using storage::Direction;
using storage::Family;

constexpr std::size_t limit_max = 1'000;

struct Ends {
  Checkpoint anchor;
  Checkpoint head;
  Bytes anchor_row;
  Bytes head_row;
};

Result<Ends> ends_of(const storage::Reader& store) {
  Ends ends;
  FF_TRY(auto head, store.get(Family::entity, storage::audit_head_key()));
  FF_TRY(auto anchor, store.get(Family::entity, storage::audit_anchor_key()));
  if (head) {
    FF_TRY(ends.head, decode_checkpoint(*head));
    ends.head_row = *std::move(head);
  }
  if (anchor) {
    FF_TRY(ends.anchor, decode_checkpoint(*anchor));
    ends.anchor_row = *std::move(anchor);
  }
  return ends;
}

Result<StoredRecord> stored_record(ByteView row) {
  FF_TRY(auto link, decode_link(row));
  FF_TRY(auto record, decode_record(link.content));
  return StoredRecord{std::move(record), std::move(link)};
}

/// The time of a record; nothing if there is none, or none that can be read.
Result<std::optional<UtcTime>> time_of(const storage::Reader& store, std::uint64_t sequence) {
  FF_TRY(const auto row, store.get(Family::entity, storage::audit_record_key(sequence)));
  if (!row) return std::optional<UtcTime>();
  const auto stored = stored_record(*row);
  return stored ? std::optional(stored->record.time) : std::nullopt;
}

/// The first of [first, last] that is not before `time`; last + 1: none. Times do not go back.
Result<std::uint64_t> first_at(const storage::Reader& store, std::uint64_t first,
                               std::uint64_t last, UtcTime time) {
  auto end = last + 1;
  while (first < end) {
    const auto middle = first + (end - first) / 2;
    FF_TRY(const auto at, time_of(store, middle));
    if (at && *at < time) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return first;
}

bool is_method(std::string_view method, std::string_view wanted) {
  if (wanted.empty() || method.starts_with(wanted)) return true;
  const auto package_end = method.rfind('.');
  return package_end != std::string_view::npos &&
         method.substr(package_end + 1).starts_with(wanted);
}

bool is_outcome(std::string_view outcome, std::string_view wanted) {
  if (wanted.empty()) return true;
  return wanted == "failed" ? outcome != outcome_ok : outcome == wanted;
}

/// What an index does not say.
bool counts(const Record& record, const Filter& filter) {
  if (filter.from && record.time < *filter.from) return false;
  if (filter.to && record.time >= *filter.to) return false;
  if (filter.action && record.action != *filter.action) return false;
  if (!is_method(record.method, filter.method) || !is_outcome(record.outcome, filter.outcome))
    return false;
  const auto names = index_names(record);
  const auto has = [&](const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  return (filter.entity.empty() || has(of_entity(filter.entity))) &&
         (filter.account.empty() || has(by_account(filter.account)));
}

/// One question on its way through the rows.
class Search {
 public:
  Search(const storage::Reader& store, const FindRecords& find, const Bounds& bounds)
      : store_(store),
        find_(find),
        limit_(std::clamp<std::size_t>(find.limit, 1, limit_max)),
        rows_left_(bounds.scan_max) {}

  Result<Page> run() {
    FF_TRY(const auto ends, ends_of(store_));
    first_ = ends.anchor.sequence + 1;
    last_ = ends.head.sequence;
    const auto& filter = find_.filter;
    if (filter.from) {
      FF_TRY(first_, first_at(store_, first_, last_, *filter.from));
    }
    if (filter.to) {
      FF_TRY(const auto end, first_at(store_, first_, last_, *filter.to));
      last_ = end - 1;
    }
    if (find_.start > 0 && find_.newest_first) last_ = std::min(last_, find_.start);
    if (find_.start > 0 && !find_.newest_first) first_ = std::max(first_, find_.start);
    if (first_ > last_) return Page();
    const auto name = !filter.entity.empty()    ? of_entity(filter.entity)
                      : !filter.account.empty() ? by_account(filter.account)
                                                : std::string();
    FF_CHECK(name.empty() ? along_the_log() : along_the_index(name));
    return std::move(page_);
  }

 private:
  Direction direction() const {
    return find_.newest_first ? Direction::reverse : Direction::forward;
  }

  /// False: it is enough, and `sequence` is where to go on.
  bool may_look_at(std::uint64_t sequence) {
    if (rows_left_ > 0 && page_.records.size() < limit_) {
      --rows_left_;
      return true;
    }
    page_.next = sequence;
    return false;
  }

  void offer(ByteView row) {
    // What can not be read is for verify_chain().
    auto stored = stored_record(row);
    if (stored && counts(stored->record, find_.filter)) page_.records.push_back(*std::move(stored));
  }

  Status along_the_log() {
    const auto range = storage::audit_record_range(first_, last_);
    FF_CHECK(store_.scan({.family = Family::entity, .range = range, .direction = direction()},
                         [&](ByteView key, ByteView row) {
                           const auto sequence = storage::parse_audit_record_key(key);
                           if (!sequence) return true;
                           if (!may_look_at(*sequence)) return false;
                           offer(row);
                           return true;
                         }));
    return {};
  }

  Status along_the_index(const std::string& name) {
    const auto range = storage::audit_index_range(name, first_, last_);
    Status status;
    FF_CHECK(store_.scan({.family = Family::entity_index, .range = range, .direction = direction()},
                         [&](ByteView key, ByteView) {
                           const auto sequence = storage::parse_audit_index_key(key);
                           if (!sequence) return true;
                           if (!may_look_at(*sequence)) return false;
                           const auto row =
                               store_.get(Family::entity, storage::audit_record_key(*sequence));
                           if (!row) status = fail(row.error());
                           if (row && *row) offer(**row);
                           return status.has_value();
                         }));
    return status;
  }

  const storage::Reader& store_;
  const FindRecords& find_;
  const std::size_t limit_;
  std::size_t rows_left_;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  Page page_;
};

/// Whether what somebody knows of the log is so; what is forgotten counts as known.
Status check_expected(const storage::Reader& store, const VerifyChain& verify, Verdict& verdict) {
  for (const auto& expected : verify.expected) {
    if (expected.sequence < verdict.anchor.sequence || expected == verdict.anchor) continue;
    FF_TRY(const auto row, store.get(Family::entity, storage::audit_record_key(expected.sequence)));
    const auto link = row ? decode_link(*row) : Result<Link>(fail(malformed_link));
    if (!link || link->hash != expected.hash) verdict.unknown.push_back(expected);
  }
  return {};
}

/// Where a walk that does not start at the beginning stands: at the row before, which an earlier
/// walk has judged.
Result<std::optional<Link>> row_before(const storage::Reader& store, std::uint64_t start) {
  FF_TRY(const auto row, store.get(Family::entity, storage::audit_record_key(start - 1)));
  if (!row) return std::optional<Link>();
  auto link = decode_link(*row);
  return link ? std::optional(*std::move(link)) : std::nullopt;
}

class Walk {
 public:
  Walk(const storage::Reader& store, const Keys& keys, Verdict& verdict)
      : store_(store), keys_(keys), verdict_(verdict) {}

  void stand_behind(const Checkpoint& checkpoint, bool is_signed) {
    verdict_.reached = checkpoint;
    was_signed_ = is_signed;
  }

  Status go(std::size_t rows) {
    const auto first = verdict_.reached.sequence + 1;
    const auto range =
        storage::audit_record_range(first, std::numeric_limits<std::uint64_t>::max());
    FF_CHECK(
        store_.scan({.family = Family::entity, .range = range}, [&](ByteView key, ByteView row) {
          const auto sequence = storage::parse_audit_record_key(key);
          if (!sequence) return found(Fault::malformed);
          if (verdict_.checked == rows) {
            verdict_.next = *sequence;
            return false;
          }
          if (*sequence != verdict_.reached.sequence + 1) return found(Fault::missing);
          return step(row);
        }));
    if (verdict_.fault != Fault::none || verdict_.next != 0) return {};
    // Records were taken off the end, or put behind it.
    if (verdict_.reached.sequence < verdict_.head.sequence) found(Fault::missing);
    if (verdict_.reached.sequence > verdict_.head.sequence) found(Fault::wrong_number);
    return {};
  }

  bool found(Fault fault) {
    verdict_.fault = fault;
    verdict_.broken = verdict_.reached.sequence + 1;
    return false;
  }

 private:
  bool step(ByteView row) {
    const auto judgement = judge(row, verdict_.reached, keys_);
    if (judgement.fault != Fault::none) return found(judgement.fault);
    const bool is_signed = judgement.is_signed == Signed::by_us;
    // Once there is a key, nothing goes without it.
    if (!keys_.empty() && was_signed_ && !is_signed) return found(Fault::wrong_signature);
    was_signed_ = is_signed;
    if (is_signed) ++verdict_.by_us;
    ++verdict_.checked;
    verdict_.reached = judgement.reached;
    return true;
  }

  const storage::Reader& store_;
  const Keys& keys_;
  Verdict& verdict_;
  bool was_signed_ = false;
};

}  // namespace

Result<Page> find_records(const storage::Reader& store, const FindRecords& find,
                          const Bounds& bounds) {
  return Search(store, find, bounds).run();
}

Result<Verdict> verify_chain(const storage::Reader& store, const VerifyChain& verify,
                             const Keys& keys, const Bounds& bounds) {
  FF_TRY(const auto ends, ends_of(store));
  Verdict verdict;
  verdict.anchor = ends.anchor;
  verdict.head = ends.head;
  FF_CHECK(check_expected(store, verify, verdict));
  Walk walk(store, keys, verdict);
  walk.stand_behind(ends.anchor, false);
  const bool are_genuine = (ends.anchor_row.empty() || is_genuine(ends.anchor_row, keys)) &&
                           (ends.head_row.empty() || is_genuine(ends.head_row, keys));
  if (verify.start > ends.anchor.sequence + 1) {
    FF_TRY(const auto before, row_before(store, verify.start));
    if (!before) {
      verdict.reached = {verify.start - 2, {}};
      walk.found(Fault::missing);
      return verdict;
    }
    walk.stand_behind({verify.start - 1, before->hash}, !before->signature.empty());
  }
  FF_CHECK(walk.go(bounds.verify_max));
  if (verdict.fault == Fault::none && verdict.next == 0 && verdict.reached != ends.head)
    walk.found(Fault::changed);
  if (verdict.fault == Fault::none && !are_genuine) walk.found(Fault::wrong_signature);
  return verdict;
}

Result<std::optional<Past>> find_past(const storage::Reader& store, UtcTime oldest,
                                      const Bounds& bounds) {
  FF_TRY(const auto ends, ends_of(store));
  if (ends.head.sequence <= ends.anchor.sequence + 1) return std::optional<Past>();
  std::optional<Past> past;
  const auto range = storage::audit_record_range(ends.anchor.sequence + 1, ends.head.sequence - 1);
  FF_CHECK(store.scan({.family = Family::entity, .range = range, .limit = bounds.forget_max},
                      [&](ByteView, ByteView row) {
                        const auto stored = stored_record(row);
                        // A record that can not be read is kept, for verify_chain() to find.
                        if (!stored || stored->record.time >= oldest) return false;
                        if (!past) past.emplace();
                        past->last = {stored->record.sequence, stored->link.hash};
                        for (const auto& name : index_names(stored->record))
                          past->index_keys.push_back(
                              storage::audit_index_key(name, stored->record.sequence));
                        return true;
                      }));
  return past;
}

}  // namespace ff::audit
