#include "actors/network_server/session/address_row.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"

namespace ff::network_server {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, AddressRow& row) {
  a(1, row.f_nwk_s_int_key);
  a(2, row.last_f_cnt_up);
  a(3, row.mac_version);
  a(4, row.supports_32_bit_f_cnt);
  a(5, row.resets_f_cnt);
  a(6, row.pending);
}

namespace {

constexpr storage::ValueVersion address_version = 1;

struct AddressRows {
  std::vector<AddressRow> rows;
};
template <class Archive>
void fields(Archive& a, AddressRows& rows) {
  a(1, rows.rows);
}

}  // namespace

Bytes encode_address_rows(const std::vector<AddressRow>& rows, const storage::KeySeal* maybe_seal) {
  return storage::seal_record(address_version, AddressRows{rows}, maybe_seal);
}

Result<std::vector<AddressRow>> decode_address_rows(ByteView row,
                                                    const storage::KeySeal* maybe_seal) {
  FF_TRY(const auto envelope, storage::unseal(row, address_version));
  FF_TRY(auto rows, storage::read_record<AddressRows>(envelope.body, maybe_seal));
  return std::move(rows.rows);
}

}  // namespace ff::network_server
