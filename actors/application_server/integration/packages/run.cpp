#include "actors/application_server/integration/packages/run.hpp"

#include "actors/application_server/integration/packages/clock_sync.hpp"
#include "actors/application_server/integration/packages/device_management.hpp"
#include "actors/application_server/integration/packages/errors.hpp"
#include "protocol/base/ulid.hpp"

namespace ff::application_server::packages {
namespace {

using net::http_client::ClientAnswer;

/// Somebody else's trouble, which passes.
bool passes(const Error& error) {
  switch (error.code()) {
    case Code::unavailable:
    case Code::deadline_exceeded:
    case Code::aborted:
    case Code::resource_exhausted:
      return true;
    default:
      return false;
  }
}

/// The server asks for another attempt later.
bool is_busy(int status) {
  return status >= 500 || status == 408 || status == 425 || status == 429;
}

const ErrorDef& request_error(Package package) {
  return package == Package::geolocation ? gls_request : dms_request;
}

}  // namespace

std::string correlation_id(Package package, UtcTime received_at, const MessageNumber& number) {
  const auto millis =
      std::chrono::floor<std::chrono::milliseconds>(received_at.time_since_epoch()).count();
  Ulid ulid;
  const MutableByteView bytes(ulid.bytes);
  write_be<6>(bytes.first(6), static_cast<std::uint64_t>(millis));
  write_be<2>(bytes.subspan(6, 2), number.shard.value());
  write_be<8>(bytes.subspan(8, 8), number.sequence.value());
  return "as:packages:" + std::string(info_of(package).short_name) + ":" + ulid.to_string();
}

Run::Run(Package package, Pair pair, Incoming incoming, const Servers& servers)
    : package_(package),
      pair_(std::move(pair)),
      incoming_(std::move(incoming)),
      servers_(&servers) {}

void Run::begin(FrameHistory& history) {
  switch (package_) {
    case Package::clock_sync:
      return take(react_clock_sync(pair_, incoming_));
    case Package::device_management:
      return take(react_device_management(pair_, incoming_, *servers_));
    case Package::geolocation:
      return take(react_geolocation(pair_, incoming_, *servers_, history));
  }
}

void Run::take(Reaction&& reaction) {
  if (!reaction.status) fail_with(reaction.status.error(), false);
  for (auto& step : reaction.steps) {
    if (std::holds_alternative<Ask>(step) && ++asks_ > asks_max) {
      fail_with(Error(too_many_requests, {{"max", asks_max}}), false);
      continue;
    }
    steps_.push_back(std::move(step));
  }
}

/// The first one counts, but one that passes only if nothing else is wrong: repeating does not help
/// then.
void Run::fail_with(Error error, bool temporary) {
  if (outcome_.error && (temporary || !outcome_.temporary)) return;
  outcome_ = {std::move(error), temporary, false};
}

std::optional<Step> Run::next() {
  if (steps_.empty()) return std::nullopt;
  auto step = std::move(steps_.front());
  steps_.pop_front();
  return step;
}

void Run::answered(const Status& status) {
  if (!status) fail_with(status.error(), passes(status.error()));
}

void Run::answered(const Ask& ask, const Result<ClientAnswer>& answer) {
  using namespace net::http_client;
  const auto& request = request_error(package_);
  if (!answer) {
    const auto& cause = answer.error();
    const bool is_final =
        cause.is(target_refused) || cause.is(invalid_url) || cause.is(redirect_refused);
    fail_with(Error(request).caused_by(cause), !is_final);
    outcome_.not_tried = cause.is(overloaded) || cause.is(stopped);
    return;
  }
  if (answer->status < 200 || answer->status > 299) {
    const Error cause(status_code, {{"status_code", answer->status}});
    return fail_with(Error(request).caused_by(cause), is_busy(answer->status));
  }
  if (const auto* solver = std::get_if<lora_cloud::Solver>(&ask.answer))
    return take(geolocation_answered(*solver, answer->body));
  take(device_management_answered(pair_, incoming_, *servers_, answer->body));
}

}  // namespace ff::application_server::packages
