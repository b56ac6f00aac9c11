#include "app/cli/import/import_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

#include "app/cli/device/creation.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/import/import_run.hpp"
#include "app/cli/import/progress_bar.hpp"
#include "app/cli/session/clock.hpp"
#include "app/cli/session/session.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/sha1.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr ErrorDef unreadable_file{"cli", "unreadable_file", Code::not_found,
                                   "can not read `{path}`"};
constexpr ErrorDef no_file{"cli", "no_file", Code::invalid_argument, "no file was given"};
constexpr std::size_t concurrency_max = 10'000;
constexpr std::size_t default_batch_size = 128;

struct Input {
  std::filesystem::path path;
  std::string text;
  FileFormat format = FileFormat::csv;
};

Result<Input> read_input(const Arguments& arguments) {
  Input input;
  input.path = arguments.has("file")        ? arguments.text("file")
               : arguments.words.size() > 1 ? arguments.words[1]
                                            : "";
  if (input.path.empty()) return fail(no_file);
  std::ifstream file(input.path, std::ios::binary);
  if (!file) return fail(unreadable_file, {{"path", input.path.string()}});
  input.text.assign(std::istreambuf_iterator<char>(file), {});
  const auto format =
      arguments.has("format") ? arguments.text("format") : input.path.extension().string();
  // `.ndjson` and `.jsonl`, too.
  const bool is_json = format.find("json") != std::string::npos;
  input.format = is_json ? FileFormat::json : FileFormat::csv;
  return input;
}

/// Flags are what all rows have that say nothing else.
Result<RowDefaults> defaults_of(const Session& session, const Arguments& arguments) {
  auto device = std::make_shared<pb::EndDevice>();
  RowDefaults defaults;
  auto flags = arguments;
  flags.words.resize(std::min<std::size_t>(flags.words.size(), 1));
  FF_CHECK(apply_device_flags(flags, *device, defaults.paths));
  if (device->ids().application_ids().application_id().empty()) return fail(no_end_device_id);
  if (arguments.flag("defaults", true)) {
    // The join server's is put where it is known whether a device joins.
    put_defaults(session.config(), *device, defaults.paths);
  }
  defaults.device = std::move(device);
  return defaults;
}

struct NumberFlag {
  const char* name;
  std::size_t max;
};
/// Nothing: it is not given.
Result<std::optional<std::size_t>> number_of(const Arguments& arguments, const NumberFlag& flag) {
  const auto text = arguments.text(flag.name);
  if (text.empty()) return std::optional<std::size_t>();
  std::size_t number = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, number).ptr != end || number == 0 || number > flag.max)
    return fail(invalid_option, {{"source", "--" + std::string(flag.name)},
                                 {"option", flag.name},
                                 {"allowed", "1 to " + std::to_string(flag.max)}});
  return number;
}

/// One server has all registries, so that one call can reach them. Of hosts the DNS may say
/// otherwise, component by component.
bool is_one_server(const Config& config) {
  const auto& address = config.address(Role::identity);
  return std::ranges::all_of(
      std::array{Role::identity, Role::join, Role::network, Role::application}, [&](Role role) {
        return config.is_enabled(role) && config.address(role) == address &&
               !config.is_discovered[static_cast<std::size_t>(role)];
      });
}

Result<ImportOptions> options_of(const Session& session, const Arguments& arguments) {
  ImportOptions options;
  FF_TRY(const auto concurrency, number_of(arguments, {"concurrency", concurrency_max}));
  FF_TRY(const auto batch_size, number_of(arguments, {"batch-size", batch_size_max}));
  options.update = arguments.flag("update");
  if (concurrency) options.concurrency = options.batch_concurrency = *concurrency;
  if (is_one_server(session.config())) options.batch_size = batch_size.value_or(default_batch_size);
  return options;
}

/// The input, and where it goes: a report is of both.
std::string identity_of(const Session& session, const Input& input, const RowDefaults& defaults) {
  return "import of sha1 " + hex_lower(sha1(as_bytes(input.text))) + " into " +
         defaults.device->ids().application_ids().application_id() + " at " +
         session.config().address(Role::identity);
}

std::filesystem::path path_beside(const Arguments& arguments, const char* flag,
                                  const std::filesystem::path& otherwise) {
  return arguments.has(flag) ? std::filesystem::path(arguments.text(flag)) : otherwise;
}

/// Empty, and for its owner alone from the start.
bool make_private(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return file >= 0 && ::close(file) == 0;
}

/// Rows whose last verdict is a failure, as a file that can be imported again: with root keys.
Status write_failed(const std::filesystem::path& path, FileFormat format, const Input& input,
                    const Verdicts& verdicts, const RowDefaults& defaults) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (verdicts.count(Verdict::failed) == 0) return {};
  FF_TRY(const auto source, make_row_source(format, input.text, defaults));
  if (!make_private(path)) return fail(report_unwritable, {{"path", path.string()}});
  std::ofstream file(path, std::ios::binary);
  file << source->header();
  while (true) {
    auto row = source->next();
    if (!row || !*row) break;
    if (verdicts.of((*row)->number) != Verdict::failed) continue;
    file << (*row)->text;
    if (!(*row)->text.ends_with('\n')) file << '\n';
  }
  file.flush();
  if (!file) return fail(report_unwritable, {{"path", path.string()}});
  return {};
}

struct Outcome {
  ImportProgress progress;
  double seconds = 0;
  std::string report;
  std::string failed;
};

void show(Session& session, const Outcome& outcome, const Verdicts& verdicts) {
  std::string json = "{\"rows\":" + std::to_string(outcome.progress.rows);
  for (std::size_t i = 0; i < verdict_count; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    json +=
        ",\"" + std::string(to_string(verdict)) + "\":" + std::to_string(verdicts.count(verdict));
  }
  json += ",\"done_earlier\":" + std::to_string(outcome.progress.skipped);
  const auto rate =
      outcome.seconds > 0 ? static_cast<double>(outcome.progress.handled) / outcome.seconds : 0.0;
  json += ",\"milliseconds\":" + std::to_string(static_cast<long>(outcome.seconds * 1000));
  json += ",\"rows_per_second\":" + std::to_string(static_cast<long>(rate)) + "}";
  session.printer().item(json);
}

/// Addresses and session IDs that a row lacks.
void complete(Session& session, bool with_defaults, DeviceRow& row) {
  if (with_defaults) put_defaults(session.config(), *row.device, row.paths);
  complete_session(row, utc_now(), session.random());
}

Status import(Session& session, const Arguments& arguments) {
  FF_TRY(const auto input, read_input(arguments));
  FF_TRY(const auto defaults, defaults_of(session, arguments));
  FF_TRY(auto options, options_of(session, arguments));
  const auto report_path = path_beside(arguments, "report", input.path.string() + ".report.csv");
  auto failed_path = input.path;
  failed_path.replace_extension(".failed" + input.path.extension().string());
  failed_path = path_beside(arguments, "failed", failed_path);
  FF_TRY(const auto report, Report::open(report_path, identity_of(session, input, defaults),
                                         arguments.flag("restart")));
  FF_TRY(const auto source, make_row_source(input.format, input.text, defaults));
  for (const auto& column : source->unknown_columns())
    session.warn("column `" + column + "` has no meaning here");
  ProgressBar bar(input.text.size(), isatty(STDERR_FILENO) != 0 && !arguments.flag("quiet"));
  options.on_progress = [&](const ImportProgress& progress) {
    bar.show(progress, report->verdicts().count(Verdict::failed));
  };
  const bool with_defaults = arguments.flag("defaults", true);
  options.complete = [&](DeviceRow& row) { complete(session, with_defaults, row); };
  const auto begin = mono_now();
  const auto done = run_import(session.api(), session.cancel(), *source, *report, options);
  bar.end();
  const std::chrono::duration<double> time = mono_now() - begin;
  FF_CHECK(write_failed(failed_path, input.format, input, report->verdicts(), defaults));
  FF_CHECK(done);
  show(session, {*done, time.count(), report_path.string(), failed_path.string()},
       report->verdicts());
  const auto failures = report->verdicts().count(Verdict::failed);
  if (failures == 0) return {};
  return fail(rows_failed, {{"failed", failures}, {"path", failed_path.string()}});
}

std::vector<Flag> import_flags() {
  auto flags = device_set_flags();
  const std::vector<Flag> more = {
      {"file", FlagKind::text, "FILE", "the same as the second argument"},
      {"format", FlagKind::text, "NAME", "csv or json; else by the file's name"},
      {"concurrency", FlagKind::text, "NUMBER",
       "rows under way at once: 1024, or 64 where each row goes by itself"},
      {"batch-size", FlagKind::text, "NUMBER",
       "rows in one call, 128; 1: each row goes by itself, as on servers that know no other way"},
      {"defaults", FlagKind::boolean, "", "server addresses (default); =false: do not"},
      {"update", FlagKind::boolean, "", "set devices that are there already"},
      {"report", FlagKind::text, "FILE", "verdict of each row; the next run goes on from it"},
      {"failed", FlagKind::text, "FILE", "rows that failed, to be fed again"},
      {"restart", FlagKind::boolean, "", "forget an earlier run"},
      {"quiet", FlagKind::boolean, "", "no progress bar"}};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

}  // namespace

void add_import_command(Command& root) {
  Command command;
  command.name = "import";
  command.summary = "create end devices from a CSV or JSON file; goes on where it was interrupted";
  command.words = "[application-id] [file]";
  command.words_max = 2;
  command.flags = import_flags;
  command.run = import;
  add_command(root, "end-devices", std::move(command));
}

}  // namespace ff::cli
