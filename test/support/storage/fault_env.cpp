#include "test/support/storage/fault_env.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <utility>

#include "test/support/storage/disk_model.hpp"

namespace ff::test {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus to_status(DiskResult result, const std::string& path) {
  switch (result) {
    case DiskResult::ok:
      return IOStatus::OK();
    case DiskResult::no_power:
      return IOStatus::IOError(path, "no power");
    case DiskResult::no_space:
      return IOStatus::NoSpace(path, "No space left on device");
    case DiskResult::io_error:
      return IOStatus::IOError(path, "Input/output error");
    case DiskResult::not_found:
      return IOStatus::PathNotFound(path);
    case DiskResult::exists:
      return IOStatus::IOError(path, "File exists");
  }
  return IOStatus::IOError(path);
}

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(DiskModel& disk, std::string path, DiskFilePtr file)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}

  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    return to_status(disk_.append(file_, path_, {data.data(), data.size()}), path_);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    disk_.truncate(file_, size);
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return to_status(disk_.sync(file_, path_), path_);
  }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    return disk_.size(file_);
  }

 private:
  DiskModel& disk_;
  std::string path_;
  DiskFilePtr file_;
};

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  SequentialFile(DiskModel& disk, DiskFilePtr file) : disk_(disk), file_(std::move(file)) {}

  IOStatus Read(std::size_t count, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    auto size = disk_.read(file_, at_, count, scratch);
    at_ += size;
    *result = Slice(scratch, size);
    return IOStatus::OK();
  }
  IOStatus Skip(std::uint64_t count) override {
    at_ += count;
    return IOStatus::OK();
  }

 private:
  DiskModel& disk_;
  DiskFilePtr file_;
  std::size_t at_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccessFile(DiskModel& disk, DiskFilePtr file) : disk_(disk), file_(std::move(file)) {}

  IOStatus Read(std::uint64_t offset, std::size_t count, const IOOptions&, Slice* result,
                char* scratch, IODebugContext*) const override {
    *result = Slice(scratch, disk_.read(file_, offset, count, scratch));
    return IOStatus::OK();
  }

 private:
  DiskModel& disk_;
  DiskFilePtr file_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(DiskModel& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return to_status(disk_.sync_directory(path_), path_);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  DiskModel& disk_;
  std::string path_;
};

struct Lock final : rocksdb::FileLock {
  explicit Lock(std::string locked) : path(std::move(locked)) {}
  std::string path;
};

std::string clean(std::string path) {
  for (auto at = path.find("//"); at != std::string::npos; at = path.find("//")) path.erase(at, 1);
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// Overrides everything RocksDB uses of a file system; the wrapped one is never reached by it.
class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(DiskModel& disk)
      : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "FaultFileSystem"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* out,
                             IODebugContext*) override {
    auto file = disk_.find(clean(path));
    if (!file) return IOStatus::PathNotFound(path);
    *out = std::make_unique<SequentialFile>(disk_, std::move(file));
    return IOStatus::OK();
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* out,
                               IODebugContext*) override {
    auto file = disk_.find(clean(path));
    if (!file) return IOStatus::PathNotFound(path);
    *out = std::make_unique<RandomAccessFile>(disk_, std::move(file));
    return IOStatus::OK();
  }
  IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* out,
                           IODebugContext*) override {
    DiskFilePtr file;
    auto result = disk_.create(clean(path), file);
    if (result == DiskResult::ok) *out = std::make_unique<WritableFile>(disk_, clean(path), file);
    return to_status(result, path);
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* out,
                              IODebugContext* debug) override {
    auto file = disk_.find(clean(path));
    if (!file) return NewWritableFile(path, options, out, debug);
    *out = std::make_unique<WritableFile>(disk_, clean(path), std::move(file));
    return IOStatus::OK();
  }
  IOStatus ReuseWritableFile(const std::string& path, const std::string&, const FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported(path);
  }
  IOStatus NewRandomRWFile(const std::string& path, const FileOptions&,
                           std::unique_ptr<rocksdb::FSRandomRWFile>*, IODebugContext*) override {
    return IOStatus::NotSupported(path);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* out, IODebugContext*) override {
    *out = std::make_unique<Directory>(disk_, clean(path));
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    auto name = clean(path);
    bool exists = disk_.find(name) != nullptr || disk_.is_directory(name);
    return exists ? IOStatus::OK() : IOStatus::NotFound(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* out,
                       IODebugContext*) override {
    if (!disk_.is_directory(clean(path))) return IOStatus::NotFound(path);
    *out = disk_.children(clean(path));
    return IOStatus::OK();
  }
  IOStatus GetChildrenFileAttributes(const std::string& path, const IOOptions& options,
                                     std::vector<rocksdb::FileAttributes>* out,
                                     IODebugContext* debug) override {
    return rocksdb::FileSystem::GetChildrenFileAttributes(path, options, out, debug);
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return to_status(disk_.remove(clean(path)), path);
  }
  IOStatus Truncate(const std::string& path, std::size_t size, const IOOptions&,
                    IODebugContext*) override {
    auto file = disk_.find(clean(path));
    if (!file) return IOStatus::PathNotFound(path);
    disk_.truncate(file, size);
    return IOStatus::OK();
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return to_status(disk_.make_directory(clean(path)), path);
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    if (disk_.is_directory(clean(path))) return IOStatus::OK();
    return to_status(disk_.make_directory(clean(path)), path);
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return to_status(disk_.remove(clean(path)), path);
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* out,
                       IODebugContext*) override {
    auto file = disk_.find(clean(path));
    if (!file) return IOStatus::PathNotFound(path);
    *out = disk_.size(file);
    return IOStatus::OK();
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* out,
                                   IODebugContext*) override {
    *out = 0;
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* out,
                           IODebugContext*) override {
    *out = path;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return to_status(disk_.rename(clean(from), clean(to)), from);
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions&,
                    IODebugContext*) override {
    return to_status(disk_.link(clean(from), clean(to)), from);
  }
  IOStatus NumFileLinks(const std::string&, const IOOptions&, std::uint64_t* out,
                        IODebugContext*) override {
    *out = 1;
    return IOStatus::OK();
  }
  IOStatus AreFilesSame(const std::string& one, const std::string& other, const IOOptions&,
                        bool* out, IODebugContext*) override {
    *out = disk_.find(clean(one)) == disk_.find(clean(other));
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* out,
                       IODebugContext*) override {
    *out = disk_.is_directory(clean(path));
    return IOStatus::OK();
  }
  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** out,
                    IODebugContext*) override {
    if (!disk_.lock(clean(path))) return IOStatus::IOError("While lock file: " + path);
    *out = std::make_unique<Lock>(clean(path)).release();  // RocksDB gives it back to UnlockFile.
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    std::unique_ptr<Lock> owned(dynamic_cast<Lock*>(lock));
    disk_.unlock(owned->path);
    return IOStatus::OK();
  }

 private:
  DiskModel& disk_;
};

/// RocksDB's threads sleep a second after each failed flush; a simulated disk does not get better
/// by waiting.
class SleeplessClock final : public rocksdb::SystemClockWrapper {
 public:
  SleeplessClock() : rocksdb::SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "SleeplessClock"; }
  void SleepForMicroseconds(int) override {}
};

/// The system's threads, our disk and our clock.
class DiskEnv final : public rocksdb::EnvWrapper {
 public:
  explicit DiskEnv(DiskModel& disk)
      : rocksdb::EnvWrapper(rocksdb::NewCompositeEnv(std::make_shared<FaultFileSystem>(disk))) {
    file_system_ = target()->GetFileSystem();
    system_clock_ = std::make_shared<SleeplessClock>();
  }
};

}  // namespace

struct FaultEnv::Parts {
  explicit Parts(std::uint64_t seed) : disk(seed), env(std::make_unique<DiskEnv>(disk)) {}
  DiskModel disk;
  std::unique_ptr<rocksdb::Env> env;
};

FaultEnv::FaultEnv(std::uint64_t seed) : parts_(std::make_unique<Parts>(seed)) {}
FaultEnv::~FaultEnv() = default;

rocksdb::Env* FaultEnv::env() {
  return parts_->env.get();
}
void FaultEnv::cut_power_after(std::uint64_t operations) {
  parts_->disk.cut_power_after(operations);
}
bool FaultEnv::powered() const {
  return parts_->disk.powered();
}
void FaultEnv::restart(Tear tear) {
  parts_->disk.restart(tear);
}
void FaultEnv::inject(const DiskFault& fault) {
  parts_->disk.inject(fault);
}
std::uint64_t FaultEnv::faults_struck() const {
  return parts_->disk.faults_struck();
}
std::uint64_t FaultEnv::operations() const {
  return parts_->disk.operations();
}
std::uint64_t FaultEnv::bytes_lost() const {
  return parts_->disk.bytes_lost();
}

}  // namespace ff::test
