// The stored form of a repository: one row of family `entity` for each file, as it was understood.
#pragma once

#include <map>
#include <string>

#include "protocol/base/result.hpp"
#include "protocol/device_repository/document.hpp"
#include "storage/engine/engine.hpp"

namespace ff::device_repository {

struct RepositoryRow {
  DocumentKind kind = DocumentKind::script;
  Bytes source_digest;  // SHA-256 of the file
  std::string body;     // Document::body
  bool operator==(const RepositoryRow&) const = default;
};

/// ON-DISK: a sealed record. Golden test: test/actors/device_repository/import_test.cpp. Decoding
/// is total on any bytes.
Bytes encode_row(const RepositoryRow& row);
Result<RepositoryRow> decode_row(ByteView row);

/// `path`: of the file below `vendor/`.
Bytes row_key(std::string_view path);
storage::KeyRange all_rows();
Result<std::string> path_of_key(ByteView key);

/// The digests of what is stored, by path. Errors: the store's.
Result<std::map<std::string, Bytes>> stored_digests(const storage::Reader& store);
/// Nothing when there is no such row, or it is damaged.
std::optional<RepositoryRow> stored_row(const storage::Reader& store, std::string_view path);

}  // namespace ff::device_repository
