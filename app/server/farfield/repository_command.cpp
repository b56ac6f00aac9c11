#include "app/server/farfield/repository_command.hpp"

#include <unistd.h>

#include <cstdio>

#include "actors/device_repository/import.hpp"
#include "app/server/farfield/commands.hpp"
#include "app/server/process/store_exit.hpp"

namespace ff::app {
namespace {

using device_repository::ImportReport;

/// One line that is written over, where somebody looks.
class Progress {
 public:
  explicit Progress(std::size_t count) : count_(count) {}

  bool operator()(const ImportReport& report) {
    if (!shown_) return true;
    std::fprintf(stderr, "\r%zu", report.files);
    if (count_ > 0) std::fprintf(stderr, " of %zu", count_);
    std::fprintf(stderr, " files, %zu new, %zu wrong ", report.imported, report.bad);
    std::fflush(stderr);
    return true;
  }
  void clear() const {
    if (shown_) std::fputs("\r\033[K", stderr);
  }

 private:
  std::size_t count_;
  bool shown_ = isatty(STDERR_FILENO) == 1;
};

ExitCode failed(const Error& error, ExitCode code) {
  std::fprintf(stderr, "farfield: %s\n", error.message().c_str());
  return code;
}

ExitCode import(const std::filesystem::path& from, const config::Config& config) {
  auto source = device_repository::open_source(from);
  if (!source) return failed(source.error(), ExitCode::no_input);
  auto store = open_existing_store(config);
  if (!store) return failed(store.error(), exit_code_of_store(store.error()));
  auto& engine = *store->engine;
  Progress progress((*source)->count());
  const auto report = device_repository::import_repository(
      **source, engine,
      {.write =
           [&](const storage::WriteBatch& batch) {
             return engine.write(batch, storage::Durability::sync);
           },
       .problem =
           [&](const std::string& path, const std::string& reason) {
             progress.clear();
             std::fprintf(stderr, "farfield: vendor/%s: %s\n", path.c_str(), reason.c_str());
           },
       .progress = [&](const ImportReport& now) { return progress(now); }});
  progress.clear();
  if (!report) return failed(report.error(), ExitCode::bad_data);
  std::printf("%zu files: %zu imported, %zu unchanged, %zu removed, %zu wrong\n", report->files,
              report->imported, report->unchanged, report->removed, report->bad);
  return report->bad == 0 ? ExitCode::ok : ExitCode::failed;
}

}  // namespace

ExitCode run_repository_command(const std::vector<std::string>& words,
                                const config::Config& config) {
  if (words.size() == 1 && words[0] == "import") return import(config.dr.directory, config);
  if (words.size() == 2 && words[0] == "import") return import(words[1], config);
  std::fprintf(stderr, "farfield: usage: farfield dr import [FOLDER | ARCHIVE]\n");
  return ExitCode::usage;
}

}  // namespace ff::app
