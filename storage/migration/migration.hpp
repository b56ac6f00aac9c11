// Forward migrations of stored records: numbered, online, resumable after every batch.
// Not the opening of a data directory; see storage/directory/open.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace ff::storage {

/// Version of a whole data directory: the number of the newest migration that is complete. 1 is the
/// first.
using FormatVersion = std::uint32_t;

inline constexpr ErrorDef format_too_new{"pkg/storage", "format_too_new", Code::failed_precondition,
                                         "the data directory has format {version}, this program "
                                         "knows up to {newest}: run a newer farfield"};
inline constexpr ErrorDef format_missing{
    "pkg/storage", "format_missing", Code::failed_precondition,
    "the store holds records but no format version: it was not made by farfield"};

/// One step from version - 1 to `version`. `convert` sees every record of `family` once and adds
/// what must change to the batch; it is a pure function of the record. While it runs, readers meet
/// both forms: they tell them apart by the value's own version (storage/codec/envelope.hpp), and
/// write only the new one.
struct Migration {
  FormatVersion version = 0;
  /// For logs, e.g. `session_counters_64_bit`.
  std::string_view name;
  Family family = Family::meta;
  Status (*convert)(ByteView key, ByteView value, WriteBatch& out) = nullptr;
};

/// The registry, ascending without gaps from version 2. Adding one: its file, and its row in
/// registry.cpp.
std::span<const Migration> migrations() noexcept;
/// What a new data directory gets, given the registry: 1 if that is empty.
FormatVersion newest_format(std::span<const Migration> registry) noexcept;

/// Nothing for a store without a version. Errors: corruption, and those of reading.
Result<std::optional<FormatVersion>> read_format(const Reader& reader);
void put_format(WriteBatch& batch, FormatVersion version);

struct MigrationProgress {
  FormatVersion version = 0;
  /// Records looked at by this call.
  std::size_t records = 0;
  bool finished = false;
};

/// Brings a store to the newest version, a batch per call. Each call writes the converted records
/// and how far it is in one batch with sync, so an interruption anywhere repeats nothing and skips
/// nothing. Thread: the store's only writer, between its batches; then no other write falls between
/// our read and our write of a record.
class Migrator {
 public:
  /// `engine` and `registry` outlive this. `batch_records` is at least 1.
  Migrator(Engine& engine, std::span<const Migration> registry, std::size_t batch_records = 256);

  /// One batch. After `finished` further calls do nothing.
  /// Errors: format_too_new, format_missing, what `convert` returns, and those of the engine.
  Result<MigrationProgress> step();

 private:
  Result<MigrationProgress> run(const Migration& migration);

  Engine& engine_;
  std::span<const Migration> registry_;
  std::size_t batch_records_;
};

}  // namespace ff::storage
