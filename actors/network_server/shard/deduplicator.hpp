// De-duplication: collects the copies of one transmission that several gateways received. [spec
// network-server §2] Not matching: whose frame it is has been decided at the first copy.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"
#include "protocol/crypto/cmac.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

struct DeduplicationLimits {
  Duration window = std::chrono::milliseconds{200};
  /// After the window: late copies are still recognised, and dropped.
  Duration cooldown = std::chrono::seconds{1};
  /// Newest kept. [spec network-server §1.2]
  std::size_t metadata_max = 50;
  /// Open and cooling windows; above it the first copies of new frames are refused.
  std::size_t windows_max = 1'000'000;
};

enum class CopyOutcome : std::uint8_t { first, collected, late, refused };

/// Names a window; never reused.
using WindowId = Strong<struct WindowIdTag, std::uint64_t>;

struct Copy {
  CopyOutcome outcome = CopyOutcome::refused;
  WindowId window;  // of `first`
};

/// One transmission, all its copies merged.
struct ClosedWindow {
  WindowId id;
  std::shared_ptr<const UplinkFrame> frame;  // the first copy
  std::vector<RxMetadata> rx_metadata;       // of all copies, first first
};

class Deduplicator {
 public:
  /// `random`: of the key that names windows, so that nobody can send frames of one name.
  Deduplicator(DeduplicationLimits limits, Random& random);

  /// A frame is the same if payload, frequency and data rate are, and it was heard at the same
  /// time: a device's repetition is another frame, and so is one on another channel. What relays
  /// carry comes later than what gateways hear, and is judged as a frame of its own.
  Copy add(std::shared_ptr<const UplinkFrame> frame, MonoTime now);
  /// Windows that are over at `now`, oldest first; forgets what has cooled down.
  std::vector<ClosedWindow> close(MonoTime now);
  /// When `close` has something to do.
  std::optional<MonoTime> next_due() const noexcept;
  /// Whether `close` has work left to wait for.
  bool empty() const noexcept { return windows_.empty(); }
  std::size_t size() const noexcept { return windows_.size(); }

 private:
  /// What makes two copies the same transmission.
  struct Identity {
    Bytes phy_payload;
    Frequency frequency;
    DataRate data_rate;
    bool relayed = false;
    bool is_of(const UplinkFrame& frame) const;
  };
  struct Window {
    WindowId id;
    Identity identity;
    MonoTime heard_at;
    /// Null when the window has closed: what lies behind it decides how long the frame lives.
    std::shared_ptr<const UplinkFrame> frame;
    std::vector<RxMetadata> extra;  // of the copies after the first
  };
  struct Deadline {
    MonoTime time;
    std::uint64_t key = 0;
  };
  /// Of its window, or of the one that it opens: a MAC of payload, frequency and data rate, and the
  /// second in which it was heard.
  std::uint64_t key_of(const UplinkFrame& frame, MonoTime heard_at) const;

  DeduplicationLimits limits_;
  crypto::CmacKey naming_;
  std::unordered_map<std::uint64_t, Window> windows_;
  std::deque<Deadline> closing_;  // the same duration for all: already in order
  std::deque<Deadline> cooling_;
  std::uint64_t last_id_ = 0;
};

}  // namespace ff::network_server
