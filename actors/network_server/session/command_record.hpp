// The stored form of MAC requests that wait for their answers, a part of record.cpp. ON-DISK: a
// number is never given to another member. Golden test:
// test/actors/network_server/session/record_test.cpp.
#pragma once

#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/mac/command/codec.hpp"

namespace ff::mac {

/// A request as the octets it has on air, the one form of it that never changes. What a row must
/// not show lies beside them: octets would pass by KeySeal.
struct StoredRequest {
  Bytes octets;                         // of a request with a key: zeros in the key's place
  std::uint32_t frequency_step_hz = 0;  // 0: 100
  std::optional<Aes128Key> root_wor_s_key;
};
template <class Archive>
void fields(Archive& a, StoredRequest& request) {
  a(1, request.octets);
  a(2, request.frequency_step_hz);
  a(3, request.root_wor_s_key);
}

/// Nothing for a value that no frame can have held either.
inline std::optional<StoredRequest> to_stored(Command request) {
  StoredRequest stored;
  if (auto* const with_key = std::get_if<UpdateUplinkListReq>(&request))
    stored.root_wor_s_key = std::exchange(with_key->root_wor_s_key, {});
  // Frequencies of 2.4 GHz do not fit their 24 bits in steps of 100 Hz. A row does not know its
  // region, so the step goes along.
  constexpr std::array<std::uint32_t, 2> steps_hz{100, 200};
  for (const auto step_hz : steps_hz) {
    if (!encode(request, {step_hz}, stored.octets)) continue;
    if (step_hz != WireFormat{}.frequency_step_hz) stored.frequency_step_hz = step_hz;
    return stored;
  }
  return std::nullopt;
}

/// Appends to `requests`; octets that are no command are skipped.
inline void append_stored(const StoredRequest& stored, std::vector<Command>& requests) {
  WireFormat format;
  if (stored.frequency_step_hz != 0) format.frequency_step_hz = stored.frequency_step_hz;
  for (auto& request : decode(stored.octets, Direction::downlink, format).commands) {
    auto* const with_key = std::get_if<UpdateUplinkListReq>(&request);
    if (with_key != nullptr && stored.root_wor_s_key)
      with_key->root_wor_s_key = *stored.root_wor_s_key;
    requests.push_back(std::move(request));
  }
}

/// One field for each request, so that one that can not be written costs no other.
template <class Archive>
void request_fields(Archive& a, std::uint32_t number, std::vector<Command>& requests) {
  std::vector<StoredRequest> stored;
  if constexpr (Archive::is_writer) {
    for (const auto& request : requests) {
      if (auto one = to_stored(request)) stored.push_back(*std::move(one));
    }
  }
  a(number, stored);
  if constexpr (!Archive::is_writer) {
    for (const auto& one : stored) append_stored(one, requests);
  }
}

}  // namespace ff::mac
