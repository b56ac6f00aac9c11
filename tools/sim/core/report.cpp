#include "tools/sim/core/report.hpp"

#include <array>
#include <cstdio>
#include <numeric>

namespace ff::sim {
namespace {

double ms(Duration duration) noexcept {
  return std::chrono::duration<double, std::milli>(duration).count();
}

template <std::size_t N, class... Arguments>
void add(std::string& out, const char (&format)[N], Arguments... arguments) {
  std::array<char, 256> line;
  const auto size = std::snprintf(line.data(), line.size(), format, arguments...);
  out.append(line.data(), static_cast<std::size_t>(std::max(size, 0)));
}

/// Members of one JSON object in order; nothing here needs escaping.
class Object {
 public:
  explicit Object(std::string& out, int depth) : out_(out), depth_(depth) { out_ += '{'; }
  void member(std::string_view name, std::uint64_t value) {
    begin(name);
    add(out_, "%llu", static_cast<unsigned long long>(value));
  }
  void member(std::string_view name, double value) {
    begin(name);
    add(out_, "%.3f", value);
  }
  Object object(std::string_view name) {
    begin(name);
    return Object(out_, depth_ + 1);
  }
  void end() {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(2 * depth_), ' ');
    out_ += '}';
  }

 private:
  void begin(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(2 * depth_ + 2), ' ');
    out_ += '"';
    out_ += name;
    out_ += "\": ";
  }

  std::string& out_;
  int depth_;
  bool first_ = true;
};

void add_histogram(Object& parent, std::string_view name, const Histogram& histogram) {
  auto object = parent.object(name);
  object.member("count", histogram.count());
  object.member("p01", ms(histogram.quantile(0.01)));
  object.member("p50", ms(histogram.quantile(0.5)));
  object.member("p90", ms(histogram.quantile(0.9)));
  object.member("p99", ms(histogram.quantile(0.99)));
  object.member("p999", ms(histogram.quantile(0.999)));
  object.member("max", ms(histogram.max()));
  object.end();
}

void add_uplinks(Object& root, const Report& report) {
  auto object = root.object("uplinks");
  const auto& counts = report.uplinks;
  object.member("sent", counts.sent);
  object.member("delivered", counts.delivered);
  object.member("lost", counts.sent - counts.delivered);
  object.member("duplicated", counts.duplicated);
  object.member("altered", counts.altered);
  object.member("unknown", counts.unknown);
  object.member("unheard", counts.unheard);
  object.member("confirmed", report.confirmed);
  object.member("acknowledged", report.downlinks.acknowledgements);
  object.member("repetitions", report.repetitions);
  object.member("silent", report.silent);
  object.member("foreign", report.foreign);
  object.member("delivered_share", report.delivered_share());
  add_histogram(object, "latency_ms", report.latency);
  object.end();
}

void add_downlinks(Object& root, const Report& report) {
  auto object = root.object("downlinks");
  const auto& counts = report.downlinks;
  object.member("requested", counts.requested);
  object.member("in_time", report.downlinks_in_time());
  object.member("unreadable", counts.unreadable);
  auto answers = object.object("tx_ack");
  for (std::size_t i = 0; i < tx_error_count; ++i) {
    answers.member(to_string(static_cast<TxError>(i)), counts.answers[i]);
  }
  answers.end();
  auto receptions = object.object("reception");
  for (std::size_t i = 0; i < reception_count; ++i) {
    receptions.member(to_string(static_cast<Reception>(i)), counts.receptions[i]);
  }
  receptions.end();
  object.member("lost_on_air", counts.lost);
  object.member("unclaimed", counts.unclaimed);
  object.member("mac_commands", counts.commands);
  object.member("pushed", counts.pushed);
  object.member("received", counts.received);
  object.member("first_received_s", std::chrono::duration<double>(counts.first_received).count());
  object.member("repeated", counts.repeated);
  object.member("altered", counts.altered);
  add_histogram(object, "lead_ms", report.downlink_lead);
  object.end();
}

}  // namespace

double Report::delivered_share() const noexcept {
  if (uplinks.sent == 0) return 1;
  return static_cast<double>(uplinks.delivered) / static_cast<double>(uplinks.sent);
}

std::uint64_t Report::violation_total() const noexcept {
  return std::accumulate(violations.begin(), violations.end(), std::uint64_t{0});
}

std::uint64_t Report::downlinks_in_time() const noexcept {
  return downlinks.receptions[static_cast<std::size_t>(Reception::rx1)] +
         downlinks.receptions[static_cast<std::size_t>(Reception::rx2)] +
         downlinks.receptions[static_cast<std::size_t>(Reception::class_c)] +
         downlinks.receptions[static_cast<std::size_t>(Reception::ping_slot)] +
         downlinks.receptions[static_cast<std::size_t>(Reception::relay)];
}

std::string to_json(const Report& report) {
  std::string out;
  Object root(out, 0);
  const auto seconds = std::chrono::duration<double>(report.elapsed).count();
  root.member("elapsed_s", seconds);
  root.member("datagrams", report.datagrams);
  root.member("push_acks", report.acknowledged_datagrams);
  root.member("pull_acks", report.pull_acks);
  root.member("relayed", report.relayed);
  root.member("gateway_restarts", report.gateway_restarts);
  root.member("line_lost", report.line_lost);
  root.member("line_duplicated", report.line_duplicated);
  root.member("application_connections_lost", report.connections_lost);
  root.member("uplinks_per_second",
              seconds > 0 ? static_cast<double>(report.uplinks.sent) / seconds : 0.0);
  auto joins = root.object("joins");
  joins.member("devices", report.joins.devices);
  joins.member("requests", report.joins.requests);
  joins.member("joined", report.joins.joined);
  joins.member("rejoin_requests", report.joins.rejoin_requests);
  joins.member("rejoined", report.joins.rejoined);
  joins.end();
  add_uplinks(root, report);
  add_downlinks(root, report);
  auto violations = root.object("violations");
  for (std::size_t i = 0; i < violation_count; ++i) {
    violations.member(to_string(static_cast<Violation>(i)), report.violations[i]);
  }
  violations.end();
  root.end();
  out += '\n';
  return out;
}

std::string progress_line(const Report& report) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::string out;
  add(out, "%6.1f s  sent %llu  delivered %llu (%.2f%%)  dup %llu  p50 %.1f ms  p99 %.1f ms",
      std::chrono::duration<double>(report.elapsed).count(), number(report.uplinks.sent),
      number(report.uplinks.delivered), 100 * report.delivered_share(),
      number(report.uplinks.duplicated), ms(report.latency.quantile(0.5)),
      ms(report.latency.quantile(0.99)));
  if (report.joins.devices > 0) {
    add(out, "  joined %llu/%llu", number(report.joins.joined), number(report.joins.devices));
  }
  add(out, "  down %llu in time %llu", number(report.downlinks.requested),
      number(report.downlinks_in_time()));
  if (report.violation_total() > 0) add(out, "  VIOLATIONS %llu", number(report.violation_total()));
  return out;
}

}  // namespace ff::sim
