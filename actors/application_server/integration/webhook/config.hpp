// The bounds and times of webhooks. Not those of HTTP (net/http_client/client.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "protocol/base/time.hpp"

namespace ff::application_server::webhook {

/// Of one webhook's delivery.
struct DeliveryConfig {
  /// Requests under way at one time; messages of one device one after the other.
  std::size_t concurrency = 8;
  /// Messages held: under way, behind another one of their device, or waiting to be tried again.
  /// Behind them the outbox is not read.
  std::size_t held_max = 64;
  std::size_t held_bytes_max = std::size_t{1} << 20U;
  /// Messages read from the outbox at once.
  std::size_t batch = 64;
  /// Messages that come live and wait for the delivery's turn.
  std::uint32_t live_max = 64;
  /// The first wait after a failure; doubled each time, up to `retry_delay_max`.
  Duration retry_delay = std::chrono::seconds{1};
  Duration retry_delay_max = std::chrono::minutes{5};
  /// Share of the wait that is random, per cent. [spec integrations §2.4: 15 %]
  unsigned retry_jitter = 15;
  /// Attempts of a message that the endpoint refuses while it takes others, or refuses by a status
  /// that says that repeating does not help; then it is a dead letter.
  std::uint32_t attempts_max = 7;
  /// Messages older than this are given up, whatever the endpoint does.
  Duration age_max = std::chrono::hours{168};
  /// Failures in a row after which the endpoint is left alone, and tried by one request at a time.
  std::uint64_t circuit_failures = 5;
  /// The reference's health rules: both set, a webhook is disabled after so many failures, and
  /// tried again after so long. [spec integrations §2.4]
  std::uint64_t unhealthy_attempts = 0;
  Duration unhealthy_retry{};
  /// Dead letters kept for one webhook; the oldest go.
  std::uint64_t dead_letters_max = 1000;
  /// How often cursors and health are written down: what may be sent again after a crash.
  Duration cursor_interval = std::chrono::seconds{1};
  /// How often the outbox is looked at for messages that never came live.
  Duration poll_interval = std::chrono::minutes{1};

  bool blocks_unhealthy() const noexcept {
    return unhealthy_attempts > 0 && unhealthy_retry > Duration{};
  }
};

struct WebhooksConfig {
  DeliveryConfig delivery;
  /// False: webhooks can be set, and nothing is sent. [`as.webhooks.target`]
  bool deliver = true;
  std::size_t per_application_max = 100;
  /// In front of `/as/applications/…`: where downlinks for webhooks are taken.
  std::string downlink_address;
  /// `X-Tts-Domain`; empty: not sent.
  std::string domain;
  std::string user_agent = "Farfield";
  /// Changes that wait for their turn; more are refused.
  std::size_t waiting_max = 1024;
  /// After the failure of a delivery's actor.
  Duration restart_delay = std::chrono::seconds{1};
};

}  // namespace ff::application_server::webhook
