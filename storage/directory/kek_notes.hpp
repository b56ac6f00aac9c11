// Which key-encryption keys of the server's own rows may be sealed under: noted in the store before
// the first such row, so that a store without its key file is told from a new one. Not the keys.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace ff::storage {

/// By label: what shows that a key is the one. [protocol/key_vault/key_vault.hpp]
using KekNotes = std::map<std::string, Bytes, std::less<>>;

/// Errors: corruption, and those of reading.
Result<KekNotes> read_kek_notes(const Reader& reader);
/// Writes with sync.
Status note_kek(Engine& engine, std::string_view label, ByteView check_value);

}  // namespace ff::storage
