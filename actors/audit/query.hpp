// INTERNAL: looks into the audit log. Blocking.
#pragma once

#include "actors/audit/messages.hpp"

namespace ff::audit {

/// Rows that one question looks at, at most.
struct Bounds {
  std::size_t scan_max = 20'000;
  std::size_t verify_max = 20'000;
  std::size_t forget_max = 10'000;
};

Result<Page> find_records(const storage::Reader& store, const FindRecords& find,
                          const Bounds& bounds);
Result<Verdict> verify_chain(const storage::Reader& store, const VerifyChain& verify,
                             const Keys& keys, const Bounds& bounds);
/// The oldest records of before `oldest`, but never the newest; nothing: there are none.
Result<std::optional<Past>> find_past(const storage::Reader& store, UtcTime oldest,
                                      const Bounds& bounds);

}  // namespace ff::audit
