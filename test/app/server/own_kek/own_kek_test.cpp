#include "app/server/own_kek/own_kek.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "net/tls/private_file.hpp"
#include "storage/codec/key_seal.hpp"
#include "storage/directory/kek_notes.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::app {
namespace {

using key_vault::KeyVault;
using key_vault::LiveKeyVault;

constexpr auto hex_of_32 = "5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A";
const Bytes given(32, 0x5A);

class OwnKekTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("ff_own_kek_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    file = folder / "own-kek";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// A start; the vault it leaves.
  Result<std::shared_ptr<LiveKeyVault>> start(key_vault::Keks configured = {}, bool needed = true) {
    auto vault = std::make_shared<LiveKeyVault>(KeyVault(std::move(configured)));
    FF_CHECK(add_own_kek({file, needed}, *engine, *random, *vault));
    return vault;
  }
  std::string text() const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void write(const std::string& lines) const { std::ofstream(file) << lines; }

  std::filesystem::path folder;
  std::filesystem::path file;
  std::unique_ptr<storage::MemoryEngine> engine = std::make_unique<storage::MemoryEngine>();
  std::unique_ptr<Random> random = make_seeded_random(1);
};

TEST_F(OwnKekTest, TheFirstStartMakesOneThatTheOwnerAloneReads) {
  const auto vault = start();
  ASSERT_TRUE(vault) << vault.error().to_string();
  const auto& keks = (*vault)->current()->keks();
  ASSERT_TRUE(keks.contains("own"));
  EXPECT_EQ(keks.at("own").size(), 32U);
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto before = text();
  const auto again = start();
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->current()->keks(), keks);
  EXPECT_EQ(text(), before);
  const auto notes = storage::read_kek_notes(*engine);
  ASSERT_TRUE(notes);
  ASSERT_EQ(notes->size(), 1U);
  EXPECT_EQ(notes->at("own").size(), 8U);
}

TEST_F(OwnKekTest, EveryInstallationHasAnother) {
  const auto first = (*start())->current()->keks();
  std::filesystem::remove(file);
  engine = std::make_unique<storage::MemoryEngine>();
  EXPECT_NE((*start())->current()->keks(), first);
}

TEST_F(OwnKekTest, ALostFileEndsTheStartAndNoneIsMade) {
  ASSERT_TRUE(start());
  std::filesystem::rename(file, folder / "elsewhere");
  const auto refused = start();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(own_kek_missing));
  EXPECT_NE(refused.error().message().find("`own`"), std::string::npos);
  EXPECT_NE(refused.error().message().find(file.string()), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file));
  // Also when no component would seal with it any more: rows may.
  EXPECT_TRUE(start({}, false).error().is(own_kek_missing));
  std::filesystem::rename(folder / "elsewhere", file);
  EXPECT_TRUE(start());
}

TEST_F(OwnKekTest, AnotherFileEndsTheStart) {
  ASSERT_TRUE(start());
  write(std::string("own: ") + hex_of_32 + "\n");
  EXPECT_TRUE(start().error().is(own_kek_changed));
}

TEST_F(OwnKekTest, AFileThatWasThereBeforeIsTaken) {
  write(std::string("# ours\nown: ") + hex_of_32 + "\n");
  EXPECT_EQ((*start())->current()->keks().at("own"), given);
}

TEST_F(OwnKekTest, AStartThatWasCutOffBeforeTheNoteGoesOn) {
  // The file was written, the store's note was not.
  ASSERT_TRUE(start());
  const auto before = text();
  engine = std::make_unique<storage::MemoryEngine>();
  EXPECT_TRUE(start());
  EXPECT_EQ(text(), before);
  EXPECT_EQ(storage::read_kek_notes(*engine)->size(), 1U);
}

TEST_F(OwnKekTest, ASecondGenerationSealsAndTheFirstStillOpens) {
  const auto first = *start();
  const storage::KeySeal old_seal(first, "own");
  const auto key = Aes128Key::from(Bytes(16, 7));
  const auto stored = old_seal.seal(key);
  EXPECT_EQ(stored.size(), 2 + 3 + 24U);
  write(text() + "own@2: " + hex_of_32 + "\n");
  const auto second = start();
  ASSERT_TRUE(second) << second.error().to_string();
  const storage::KeySeal seal(*second, "own");
  EXPECT_EQ(seal.open(stored).value(), key);
  const auto sealed = seal.seal(key);
  EXPECT_NE(as_text(sealed).find("own@2"), std::string_view::npos);
  EXPECT_EQ(storage::read_kek_notes(*engine)->size(), 2U);
  write(std::string("own@2: ") + hex_of_32 + "\n");
  EXPECT_TRUE(start().error().is(own_kek_missing)) << "rows of the first are still there";
}

TEST_F(OwnKekTest, AGenerationIsTakenOverWhileTheServerRuns) {
  const auto vault = *start();
  const storage::KeySeal seal(vault, "own");
  const auto key = Aes128Key::from(Bytes(16, 7));
  const auto stored = seal.seal(key);
  const auto first = text();
  write(first + "own@2: " + hex_of_32 + "\n");
  const auto take_over = prepare_own_kek({file, true}, *engine, vault);
  ASSERT_TRUE(take_over) << take_over.error().to_string();
  EXPECT_FALSE(vault->current()->contains("own@2")) << "not before its time";
  EXPECT_EQ(storage::read_kek_notes(*engine)->size(), 1U);
  (*take_over)();
  EXPECT_NE(as_text(seal.seal(key)).find("own@2"), std::string_view::npos);
  EXPECT_EQ(seal.open(stored).value(), key);
  EXPECT_EQ(storage::read_kek_notes(*engine)->size(), 2U);
  // A line that has gone stays in use until the server ends; the next start asks for it.
  write(first);
  ASSERT_TRUE(prepare_own_kek({file, true}, *engine, vault));
  EXPECT_TRUE(start().error().is(own_kek_missing));
}

TEST_F(OwnKekTest, WhatCanNotBeTakenOverChangesNothing) {
  const auto vault = *start();
  const auto before = vault->current()->keks();
  write(std::string("own: ") + hex_of_32 + "\n");
  EXPECT_TRUE(prepare_own_kek({file, true}, *engine, vault).error().is(key_vault::changed_key));
  write("nonsense");
  EXPECT_TRUE(prepare_own_kek({file, true}, *engine, vault).error().is(own_kek_unusable));
  std::filesystem::remove(file);
  const auto nothing = prepare_own_kek({file, true}, *engine, vault);
  ASSERT_TRUE(nothing);
  (*nothing)();
  EXPECT_EQ(vault->current()->keks(), before);
}

TEST_F(OwnKekTest, AConfiguredKeyOfTheLabelGoesBefore) {
  const auto vault = start({{"own", given}});
  ASSERT_TRUE(vault);
  EXPECT_EQ((*vault)->current()->keks().at("own"), given);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(start({{"own", Bytes(32, 1)}}).error().is(own_kek_changed));
  EXPECT_TRUE(start().error().is(own_kek_missing));
}

TEST_F(OwnKekTest, WhoNamesAllKeysNeedsNone) {
  EXPECT_TRUE(start({{"device", given}}, false));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(storage::read_kek_notes(*engine)->empty());
  // Once there were rows of it, it is loaded all the same.
  ASSERT_TRUE(start({{"device", given}}));
  EXPECT_TRUE((*start({{"device", given}}, false))->current()->contains("own"));
}

TEST_F(OwnKekTest, WhatIsNoKeyFileIsRefused) {
  for (const std::string lines :
       {"own: 00\n", "nonsense", "device: 5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A\n", "# nothing\n", ""}) {
    write(lines);
    EXPECT_TRUE(start().error().is(own_kek_unusable)) << lines;
    EXPECT_EQ(text(), lines) << "it stays as it is";
  }
  std::filesystem::remove(file);
  file = folder / "nowhere" / "own-kek";
  EXPECT_TRUE(start().error().is(net::tls::file_unwritable));
}

}  // namespace
}  // namespace ff::app
