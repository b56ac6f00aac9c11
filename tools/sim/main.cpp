// farfield-sim: puts the load of simulated LoRaWAN devices on a network server and reports what
// came out. See README.md.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "tools/sim/options.hpp"
#include "tools/sim/registration.hpp"
#include "tools/sim/run.hpp"

namespace ff::sim {
namespace {

constexpr int exit_failed_expectation = 1;
constexpr int exit_error = 2;

inline constexpr ErrorDef bad_file{"tools/sim", "bad_file", Code::unavailable,
                                   "file `{path}` can not be {action}"};

Result<std::vector<DeviceIdentity>> load_devices(const Options& options) {
  if (options.device_file.empty()) return make_devices(options.range);
  std::ifstream file(options.device_file);
  if (!file) return fail(bad_file, {{"path", options.device_file}, {"action", "read"}});
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return read_device_csv(text);
}

Status write_report(const Options& options, const std::string& text) {
  if (options.report_file.empty()) return {};
  std::ofstream file(options.report_file);
  file << text;
  file.flush();
  if (!file) return fail(bad_file, {{"path", options.report_file}, {"action", "written"}});
  return {};
}

bool holds(bool condition, const char* expectation) {
  if (!condition) std::fprintf(stderr, "expectation failed: %s\n", expectation);
  return condition;
}

bool all_hold(const Expectations& expected, const Report& report) {
  bool good = true;
  if (expected.delivered) {
    good &= holds(report.delivered_share() >= *expected.delivered, "delivered");
    good &= holds(report.uplinks.sent > 0, "anything sent");
  }
  if (expected.no_violations) good &= holds(report.violation_total() == 0, "no violations");
  if (expected.downlinks) {
    good &= holds(report.downlinks.received >= *expected.downlinks, "downlinks");
  }
  if (expected.joined) good &= holds(report.joins.joined >= *expected.joined, "joined");
  return good;
}

Result<int> run_program(Options options) {
  FF_TRY(auto devices, load_devices(options));
  if (options.command == Options::Command::devices) {
    std::fputs(write_device_csv(devices).c_str(), stdout);
    return 0;
  }
  if (options.rate > 0) {
    const std::chrono::duration<double> period(static_cast<double>(devices.size()) / options.rate);
    options.scenario.period = std::chrono::duration_cast<Duration>(period);
  }
  if (options.create) FF_CHECK(register_all(options, devices));
  FF_TRY(auto placements, place_devices(std::move(devices), options.scenario));
  FF_TRY(const auto report, run(options, std::move(placements)));
  const auto text = to_json(report);
  FF_CHECK(write_report(options, text));
  if (options.report_file.empty()) std::fputs(text.c_str(), stdout);
  if (!options.quiet) std::fprintf(stderr, "%s\n", progress_line(report).c_str());
  return all_hold(options.expectations, report) ? 0 : exit_failed_expectation;
}

}  // namespace
}  // namespace ff::sim

int main(int count, char** arguments) {
  const auto result = ff::sim::run_program(ff::sim::parse_command_line(count, arguments));
  if (result) return *result;
  std::fprintf(stderr, "farfield-sim: %s\n", result.error().message().c_str());
  return ff::sim::exit_error;
}
