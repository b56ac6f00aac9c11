#include "actors/device_repository/source.hpp"

#include <gtest/gtest.h>

#include <map>

#include "actors/device_repository/archive.hpp"
#include "test/actors/device_repository/files.hpp"

namespace ff::device_repository {
namespace {

std::map<std::string, std::string> all_of(const std::filesystem::path& path) {
  std::map<std::string, std::string> out;
  const auto source = open_source(path);
  EXPECT_TRUE(source);
  if (!source) return out;
  EXPECT_TRUE((*source)->walk(
      [&](const auto& name, const auto& content) {
        EXPECT_TRUE(out.emplace(name, content).second) << name;
        return true;
      },
      [](const auto& name) { ADD_FAILURE() << name; }));
  return out;
}

const std::map<std::string, std::string> expected{{"acme/index.yaml", "b"}, {"index.yaml", "a"}};

TEST(Source, AFolderIsACheckoutOrItsVendors) {
  const Folder folder;
  folder.put("vendor/index.yaml", "a");
  folder.put("vendor/acme/index.yaml", "b");
  folder.put("vendor/acme/logo.svg", "c");
  folder.put("README.md", "d");
  folder.put("secret.js", "e");
  std::filesystem::create_symlink(folder.path() / "secret.js",
                                  folder.path() / "vendor" / "acme" / "link.js");
  EXPECT_EQ(all_of(folder.path()), expected);
  EXPECT_EQ(all_of(folder.path() / "vendor"), expected);
  EXPECT_EQ((*open_source(folder.path()))->count(), 2U);
}

TEST(Source, AnArchiveIsReadBelowItsVendors) {
  const Folder folder;
  const std::string long_name =
      "lorawan-devices-master/vendor/acme/" + std::string(90, 'x') + ".js";
  folder.put("a.tar", tar_entry("lorawan-devices-master/", "", '5') +
                          tar_entry("lorawan-devices-master/vendor/index.yaml", "a") +
                          tar_entry("lorawan-devices-master/vendor/acme/index.yaml", "b") +
                          tar_entry("lorawan-devices-master/vendor/acme/logo.svg", "c") +
                          tar_entry("lorawan-devices-master/vendor/../evil.js", "d") +
                          tar_entry("lorawan-devices-master/vendor/acme/link.js", "", '2') +
                          tar_entry("lorawan-devices-master/vendor/index.yaml", "again") +
                          tar_entry("pax_global_header", "x", 'g') +
                          tar_entry("././@LongLink", long_name + '\0', 'L') +
                          tar_entry(long_name, "long") +
                          tar_entry("x", "36 path=r/vendor/acme/other-long.js\n", 'x') +
                          tar_entry("short", "pax") + tar_end());
  auto all = expected;
  all["acme/" + std::string(90, 'x') + ".js"] = "long";
  all["acme/other-long.js"] = "pax";
  EXPECT_EQ(all_of(folder.path() / "a.tar"), all);
}

TEST(Source, AnArchiveThatIsNoneOrEndsEarlyIsAnError) {
  const Folder folder;
  const auto whole = tar_entry("vendor/index.yaml", std::string(5000, 'a'));
  for (std::size_t size : {0U, 100U, 511U, 600U, 4000U}) {
    folder.put("cut.tar", whole.substr(0, size));
    const auto source = open_source(folder.path() / "cut.tar");
    ASSERT_TRUE(source);
    EXPECT_FALSE((*source)->walk([](const auto&, const auto&) { return true; }, [](const auto&) {}))
        << size;
  }
  folder.put("text.tar", std::string(2000, 'x'));
  EXPECT_FALSE((*open_source(folder.path() / "text.tar"))
                   ->walk([](const auto&, const auto&) { return true; }, [](const auto&) {}));
  EXPECT_FALSE(open_source(folder.path() / "none"));
}

TEST(Source, AHugeFileIsCutWhereItIsTooLarge) {
  const Folder folder;
  folder.put("a.tar", tar_entry("vendor/index.yaml", std::string(3U << 20U, 'a')) + tar_end());
  EXPECT_EQ(all_of(folder.path() / "a.tar").at("index.yaml").size(), source_file_max + 1);
  folder.put("vendor/index.yaml", std::string(3U << 20U, 'a'));
  EXPECT_EQ(all_of(folder.path()).at("index.yaml").size(), source_file_max + 1);
}

}  // namespace
}  // namespace ff::device_repository
