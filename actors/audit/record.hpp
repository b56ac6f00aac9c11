// A record of the audit log: who did what to whom, from where, and what became of it. The chain
// that holds records together is chain.hpp's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::audit {

/// ON-DISK: values never change.
enum class Action : std::uint8_t {
  change = 1,      ///< Something was to be changed.
  key_access = 2,  ///< Keys or secrets were handed out.
  login = 3,       ///< Somebody logged in or out, or tried.
  system = 4,      ///< The process itself: its start.
};
std::string_view to_string(Action action) noexcept;
/// Nothing for text that is no action.
std::optional<Action> action_from(std::string_view text) noexcept;

/// ON-DISK: what the caller proved to be who with; values never change.
enum class Credential : std::uint8_t {
  none = 0,
  api_key = 1,
  access_token = 2,
  session = 3,
  gateway_token = 4,
  cluster = 5,
  system = 6,       ///< No call: the process.
  certificate = 7,  ///< Of another network.
};
std::string_view to_string(Credential credential) noexcept;

/// Values as the API's JSON shows them; empty text: there is no value. Of secrets there is none.
struct Change {
  std::string entity;  ///< `application:app`, `application:app/api_key:ID`.
  std::string path;    ///< Of a field mask.
  std::string before;
  std::string after;
  bool is_secret = false;
  bool operator==(const Change&) const = default;
};

inline constexpr std::string_view outcome_ok = "ok";
/// The process ended before the call: it may have changed something, or not.
inline constexpr std::string_view outcome_interrupted = "interrupted";

struct Record {
  std::uint64_t sequence = 0;  ///< From 1, without gaps.
  UtcTime time;
  Action action = Action::change;
  std::string method;   ///< `ttn.lorawan.v3.GatewayRegistry/Get`.
  std::string account;  ///< `user:admin`, `application:app` for a key of that; may be empty.
  Credential credential = Credential::none;
  std::string credential_id;  ///< Never the secret.
  bool is_admin = false;
  std::string remote_address;
  std::string request_id;
  std::vector<std::string> entities;  ///< What the call is about.
  std::vector<Change> changes;
  std::vector<std::string> keys;  ///< Paths of what was handed out.
  std::string request;            ///< JSON without secrets, if `changes` does not say it.
  std::string outcome;            ///< `ok`, or the error's `namespace:name`.
  UtcTime begun;  ///< Of what was interrupted, and the first of `calls`: when; else the epoch.
  /// Refused calls that had no records of their own (refusals.hpp) and have this one; else 0.
  std::uint64_t calls = 0;
  bool operator==(const Record&) const = default;
};

/// Canonical: equal records have equal bytes. ON-DISK; golden test
/// test/actors/audit/record_test.cpp.
Bytes encode_record(const Record& record);
/// Total on any bytes. Error: malformed_record.
Result<Record> decode_record(ByteView bytes);

/// What the record is found by: `of/application:app` for each entity and what it belongs to,
/// `by/user:admin` for who did it.
std::vector<std::string> index_names(const Record& record);
std::string of_entity(std::string_view entity);
std::string by_account(std::string_view account);

}  // namespace ff::audit
