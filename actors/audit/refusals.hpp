// Refused calls in bounded space: who is refused again and again has a record of the first calls,
// and one with the number of the others. Pure. Not which calls are refused ones; that is said by
// who tells the log of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "actors/audit/record.hpp"

namespace ff::audit {

struct RefusalRules {
  /// Of calls in the interval that have records of their own, for a caller, method and outcome;
  /// strangers have one.
  std::uint32_t whole_max = 4;
  Duration interval = std::chrono::minutes{5};
  /// Callers, methods and outcomes at a time. Calls of more are counted by method and outcome.
  std::size_t entries_max = 1024;
  /// Of a record that stands for many calls: entities that it names.
  std::size_t entities_max = 16;
};

class Refusals {
 public:
  explicit Refusals(RefusalRules rules) : rules_(rules) {}

  /// Whether a record of due() says of this call; else it needs one of its own.
  bool counts(const Record& refused, const Instant& now);
  /// Records of the intervals that are over: who was refused how often since when, and what it was
  /// about. Each once.
  std::vector<Record> due(MonoTime now);

 private:
  struct Entry {
    std::uint32_t whole = 0;  // calls that have records of their own
    Record record;            // of the others; `calls` is 0 while there are none
    MonoTime until;
  };

  void add(Record refused, UtcTime now, Record& sum) const;

  RefusalRules rules_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace ff::audit
