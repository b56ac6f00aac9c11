// What device pipelines are configured with. Defaults are the reference's.
// [spec application-server §1]
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/application_messages.hpp"
#include "storage/codec/key_seal.hpp"

namespace ff::application_server {

struct PipelineConfig {
  /// For a join server to answer. Meanwhile the device's messages wait.
  Duration app_s_key_timeout = std::chrono::seconds{3};
  /// For the network server to take a push.
  Duration push_timeout = std::chrono::seconds{10};
  int push_attempts_max = 50;
  std::uint32_t default_retry_attempts = 8;
  std::uint32_t max_retry_attempts = 32;
  /// Messages of one device that wait for its record or key.
  std::size_t waiting_max = 256;
  /// Items of one push; of the network server's queues none takes so many. [spec
  /// application-server §7.2]
  std::size_t push_items_max = 20'000;
  /// Pushes of one device that wait for an earlier one, and as many that wait for formatters.
  std::size_t pushes_max = 64;
  /// Items of all these.
  std::size_t waiting_items_max = 40'000;
  /// Messages of one device that wait for a payload to be decoded; more go on undecoded.
  std::size_t held_max = 256;
  /// For the pool of formatters to say anything; it has time-outs of its own.
  Duration script_timeout = std::chrono::seconds{30};
  /// How old a device's location may be: it is read again with the next message.
  Duration location_age_max = std::chrono::minutes{15};
  /// Records of devices silent for so long leave memory.
  Duration idle = std::chrono::minutes{15};
  /// What devices did is reported so often.
  Duration activity_interval = std::chrono::seconds{10};
  /// Whether that includes when they were heard.
  bool tells_last_seen = true;
  /// Devices of which something waits to be reported; when there are more, it is reported at once.
  std::size_t activity_max = 10'000;
  /// Keys at rest; null: in clear.
  storage::KeySealPtr key_seal;
  /// Errors: zero_attempt_counts, default_retry_count_larger_than_max.
  Status validate() const;
};

/// Makes a key usable that is wrapped under a key-encryption key we have. Any thread.
using UnwrapKey = std::function<Result<Aes128Key>(const KeyEnvelope&)>;

/// Locations of a device from its row in the registry of the identity server; empty for what can
/// not be read. Any thread.
using ReadLocations = std::function<Locations(ByteView row)>;

}  // namespace ff::application_server
