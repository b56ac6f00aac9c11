// The stored form of an address index entry: what a shard loads at its start. Not the session
// itself (record.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/versions.hpp"
#include "storage/codec/key_seal.hpp"

namespace ff::network_server {

/// What the address index needs to know after a start, without reading the session: one row of
/// family `address_index`.
struct AddressRow {
  Aes128Key f_nwk_s_int_key;
  FCnt32 last_f_cnt_up;
  MacVersion mac_version = MacVersion::unknown;
  bool supports_32_bit_f_cnt = true;
  bool resets_f_cnt = false;
  bool pending = false;
  bool operator==(const AddressRow&) const = default;
};
/// Index rows are written when the counter passes a multiple of this: after a start the index is
/// never so far behind that extending 16 bits could go wrong.
inline constexpr std::uint32_t index_row_stride = 16384;
/// A device has at most two entries on one address: a current and a pending session.
Bytes encode_address_rows(const std::vector<AddressRow>& rows,
                          const storage::KeySeal* maybe_seal = nullptr);
Result<std::vector<AddressRow>> decode_address_rows(ByteView row,
                                                    const storage::KeySeal* maybe_seal = nullptr);

}  // namespace ff::network_server
