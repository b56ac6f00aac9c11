// The process: threads, log, data directory, frequency plans.
#include "config/schema/schema.hpp"

namespace ff::config {

std::vector<Knob> process_knobs() {
  constexpr std::size_t mebibyte = std::size_t{1} << 20U;
  return {
      {"farfield.threads", "Threads that run actors; 0 is one per core.", "0",
       one(count<std::size_t>(0, 1024), FF_PLACE(process.threads))},
      {"farfield.net-threads", "Threads that serve sockets; 0 is one per two cores.", "0",
       one(count<std::size_t>(0, 256), FF_PLACE(process.net_threads))},
      {"farfield.core-dumps",
       "Whether the process may leave a core dump and let a debugger attach. Both show keys in the "
       "clear.",
       "false", one(flag(), FF_PLACE(process.core_dumps))},

      {"log.format", "console is for people, json for collectors.", "console",
       one(choice<LogFormat>({{"console", LogFormat::console}, {"json", LogFormat::json}}),
           FF_PLACE(log.format)),
       Reload::live},
      {"log.level", "The least severe level that is logged.", "info",
       one(choice<LogLevel>({{"debug", LogLevel::debug},
                             {"info", LogLevel::info},
                             {"warn", LogLevel::warn},
                             {"error", LogLevel::error},
                             {"fatal", LogLevel::fatal}}),
           FF_PLACE(log.level)),
       Reload::live},

      {"experimental.features",
       "What is off unless named here. ns.adr.auto_narrow_steer: ADR moves devices to 125 kHz "
       "channels. gs.lbslns.reference_region_names: stations hear the names of regions that Basic "
       "Station knows. db.pgdriver has no meaning here.",
       "",
       many(
           choice<Feature>({{"db.pgdriver", Feature::database_driver},
                            {"ns.adr.auto_narrow_steer", Feature::narrow_steering},
                            {"gs.lbslns.reference_region_names", Feature::reference_region_names}}),
           FF_PLACE(features))},

      {"storage.directory", "Where everything is kept. Created if missing; one process at a time.",
       "./data", one(path(), FF_PLACE(storage.directory))},
      {"storage.durability",
       "sync: an effect leaves after its records are on the disk; nothing is lost with the "
       "machine. "
       "interval: after the operating system has them; a power loss can lose the last "
       "storage.sync-interval of uplinks "
       "and queued downlinks, never a frame counter.",
       "sync",
       one(choice<Durability>({{"sync", Durability::sync}, {"interval", Durability::interval}}),
           FF_PLACE(storage.durability))},
      {"storage.sync-interval", "How often the log is synced with storage.durability interval.",
       "100ms",
       one(duration(std::chrono::milliseconds{1}, std::chrono::minutes{1}),
           FF_PLACE(storage.sync_interval))},
      {"storage.shards", "Parts the data is divided into. Fixed when the directory is created.",
       "64", one(power_of_two(32768), FF_PLACE(storage.shards))},
      {"storage.restore-counter-jump",
       "How far `farfield db restore` moves downlink counters and join nonces ahead: above what "
       "any "
       "one device has used since the backup was made. A device drops a downlink whose counter is "
       "16384 or more ahead of its own.",
       "4096", one(count<std::uint64_t>(1, 16383), FF_PLACE(storage.restore_counter_jump))},
      {"storage.block-cache-size", "Memory for blocks of data read from disk.", "64MiB",
       one(size(mebibyte, 1024 * 1024 * mebibyte), FF_PLACE(storage.block_cache_bytes))},
      {"storage.write-buffer-size", "Memory for records that wait to be written into tables.",
       "64MiB", one(size(mebibyte, 64 * 1024 * mebibyte), FF_PLACE(storage.write_buffer_bytes))},

      {"frequency-plans.directory",
       "Folder with frequency plans beside those that are built in: a JSON file for each, or "
       "`frequency-plans.yml` and what it names, as The Things Stack has them; empty: none.",
       "", one(path_or_nothing(), FF_PLACE(frequency_plans_directory))},
  };
}

}  // namespace ff::config
