// Fixed-width numbers as values of the meta family. Not for other folders.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"
#include "storage/engine/errors.hpp"
#include "storage/keys/meta_keys.hpp"

namespace ff::storage {

/// The value of `name` if it is there; it must have exactly `bytes` bytes. Errors: corruption,
/// those of reading.
Result<std::optional<Bytes>> read_meta(const Reader& reader, std::string_view name,
                                       std::size_t bytes);

template <std::size_t N>
Result<std::optional<std::uint64_t>> read_meta_number(const Reader& reader, std::string_view name) {
  FF_TRY(auto value, read_meta(reader, name, N));
  if (!value) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(read_be<N>(*value));
}

template <std::size_t N>
void put_meta_number(WriteBatch& batch, std::string_view name, std::uint64_t number) {
  Bytes value;
  append_be<N>(value, number);
  batch.put(Family::meta, meta_key(name), value);
}

}  // namespace ff::storage
