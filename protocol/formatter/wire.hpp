// Calls and answers between the server and farfield-codec: frames of four octets of length and a
// body. Not what a call means: see outcome.hpp.
//
// ON-WIRE, between two programs of one version only; `version` is the worker's first frame. Numbers
// are big endian, texts and octets are four octets of length and themselves.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/formatter/formatters.hpp"

namespace ff::formatter {

inline constexpr std::uint32_t wire_version = 2;
/// The longest body. A script of the longest permitted length and its input fit.
inline constexpr std::size_t body_max = std::size_t{5} << 20U;
/// Scripts that a worker keeps for each of its lasting realms.
inline constexpr std::size_t scripts_per_realm = 8;
/// The longest text of a result.
inline constexpr std::size_t output_max = std::size_t{64} << 10U;

enum class Function : std::uint8_t { decode_uplink = 0, encode_downlink = 1, decode_downlink = 2 };

/// To a worker.
struct Call {
  std::uint32_t id = 0;
  Function function = Function::decode_uplink;
  ScriptKey key{};
  std::uint8_t f_port = 0;
  /// When the uplink was received; of decode_uplink.
  std::optional<UtcTime> received_at;
  Bytes input;  // FRMPayload, or the JSON text of decoded_payload to be encoded
  /// Left out when the worker has it.
  std::optional<std::string> script;
  bool operator==(const Call&) const = default;
};

/// How a call ended.
enum class Ending : std::uint8_t {
  done = 0,
  /// The function has returned nothing.
  no_output = 1,
  /// `paths`: where NaN or infinity is.
  not_encodable = 2,
  /// `text`: what the script threw, with its place.
  threw = 3,
  timed_out = 4,
  out_of_memory = 5,
  /// The worker does not have the script: once more with it.
  script_missing = 6,
  /// `text`: what the result can not be.
  bad_output = 7,
};

/// A script that a worker has compiled for a call.
struct Compilation {
  bool ok = true;
  std::chrono::microseconds took{0};
  bool operator==(const Compilation&) const = default;
};

/// From a worker.
struct Answer {
  std::uint32_t id = 0;
  Ending ending = Ending::done;
  /// The worker ends after this answer, and takes no more calls.
  bool retires = false;
  std::string text;  // JSON of the function's result, or see Ending
  /// JSON of normalizeUplink's result; nothing when it did not run.
  std::optional<std::string> normalized;
  std::vector<std::string> paths;
  std::vector<Compilation> compilations;
  bool operator==(const Answer&) const = default;
};

/// A worker is inside its sandbox and takes calls.
struct Ready {
  std::uint32_t version = 0;
  bool operator==(const Ready&) const = default;
};

/// With the length in front.
Bytes encode(const Call& call);
Bytes encode(const Answer& answer);
Bytes encode(const Ready& ready);

/// Of one body. Nothing when it is malformed.
std::optional<Call> decode_call(ByteView body);
using FromWorker = std::variant<Ready, Answer>;
std::optional<FromWorker> decode_from_worker(ByteView body);

/// Puts frames together again from what a socket gives.
class FrameReader {
 public:
  void append(ByteView bytes);
  /// The next body; nothing until more bytes come. False `is_sound()` when a length is too large:
  /// the connection is of no use then.
  std::optional<Bytes> next();
  bool is_sound() const noexcept { return sound_; }

 private:
  Bytes buffer_;
  std::size_t taken_ = 0;
  bool sound_ = true;
};

}  // namespace ff::formatter
