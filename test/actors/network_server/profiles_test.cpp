// The registry of MAC settings profiles with the sessions of devices, in virtual time.
#include "actors/network_server/profiles/queries.hpp"
#include "actors/network_server/session/errors.hpp"
#include "storage/engine/errors.hpp"
#include "test/actors/network_server/fixture.hpp"

namespace ff::network_server {
namespace {

mac::MacSettings rx1(int delay) {
  mac::MacSettings settings;
  settings.rx1_delay = seconds{delay};
  return settings;
}

class ProfilesTest : public NetworkServerFixture {
 protected:
  template <class Event>
  void ask(Event event) {
    caf::anon_send(context->profiles.get(), std::move(event));
    run();
  }

  Status create(const mac::MacSettings& settings) {
    Status status = fail(device_not_found);
    ask(CreateProfile{key, settings, [&](const auto& result) { status = status_of(result); }});
    return status;
  }
  Status change(const mac::MacSettings& settings) {
    Status status = fail(device_not_found);
    ask(ChangeProfile{key,
                      [=](const mac::MacSettings&) -> Result<mac::MacSettings> { return settings; },
                      [&](const auto& result) { status = status_of(result); }});
    return status;
  }
  Status erase() {
    Status status = fail(device_not_found);
    ask(DeleteProfile{key, [&](Status result) { status = std::move(result); }});
    return status;
  }
  ProfileUse use() {
    ProfileUse use;
    ask(UseProfile{key, [&](Result<ProfileUse> result) { use = std::move(result).value(); }});
    return use;
  }
  /// Gives the profile to a device, as the API does.
  void give(const DeviceUid& device, const mac::MacSettings& settings) {
    change_device(device, [settings](Device& next) {
      next.mac_settings_profile_id = key.profile_id;
      next.mac_settings = settings;
    });
  }
  void change_device(const DeviceUid& device, std::function<void(Device&)> adjust) {
    bool done = false;
    ChangeDevice change{.change = [=](const Device* current) -> Result<Device> {
                          Device next = current ? *current : Device();
                          next.ids.uid = device;
                          next.lorawan_version = MacVersion::v1_0_3;
                          next.lorawan_phy_version = PhyVersion::rp001_v1_0_3_rev_a;
                          next.frequency_plan_id = "EU_863_870_TTN";
                          next.supports_join = true;
                          adjust(next);
                          return next;
                        },
                        .reply = [&](const auto& result) { done = result.has_value(); }};
    caf::anon_send(context->shards.of(device), to_session(device, std::move(change)));
    run();
    ASSERT_TRUE(done);
  }
  mac::MacSettings settings_of(const DeviceUid& device) {
    mac::MacSettings settings;
    caf::anon_send(context->shards.of(device), to_session(device, GetDevice{[&](const auto& found) {
                                                            if (found)
                                                              settings = (*found)->mac_settings;
                                                          }}));
    run();
    return settings;
  }
  bool is_spreading() { return find_profile(engine, key).value()->spreading; }

  template <class T>
  static Status status_of(const Result<T>& result) {
    return result ? Status() : fail(result.error());
  }

  static DeviceUid device(int number) {
    return {ApplicationId("test-app"), DeviceId("dev-" + std::to_string(number))};
  }

  static inline const ProfileKey key{ApplicationId("test-app"), "pro"};
};

TEST_F(ProfilesTest, AProfileIsThereAfterARestart) {
  ASSERT_TRUE(create(rx1(3)));
  EXPECT_TRUE(create(rx1(3)).error().is(mac_settings_profile_already_exists));
  shut_down();
  engine.crash();
  boot();
  EXPECT_EQ(*use().settings, rx1(3));
  ASSERT_TRUE(erase());
  EXPECT_TRUE(erase().error().is(mac_settings_profile_not_found));
  EXPECT_TRUE(change(rx1(4)).error().is(mac_settings_profile_not_found));
}

TEST_F(ProfilesTest, AChangeReachesItsDevicesAwakeOrNotAndNoOthers) {
  ASSERT_TRUE(create(rx1(3)));
  for (int i = 1; i <= 150; ++i) give(device(i), rx1(3));
  change_device(device(0), [](Device& next) { next.mac_settings = rx1(3); });
  advance(seconds{70});
  give(device(151), rx1(3));
  ASSERT_TRUE(change(rx1(7)));
  for (int i = 1; i <= 151; ++i) ASSERT_EQ(settings_of(device(i)), rx1(7)) << i;
  EXPECT_EQ(settings_of(device(0)), rx1(3));
  EXPECT_FALSE(is_spreading());
}

TEST_F(ProfilesTest, AStartGoesOnWithAChangeThatHasNotReachedAll) {
  ASSERT_TRUE(create(rx1(3)));
  give(device(1), rx1(3));
  shut_down();
  // As if the process had ended between the change and its first device.
  storage::WriteBatch records;
  records.put(storage::Family::entity, profile_row_key(key),
              encode_profile({key, std::make_shared<const mac::MacSettings>(rx1(7)), true}));
  ASSERT_TRUE(engine.write(records, storage::Durability::sync));
  boot();
  EXPECT_EQ(settings_of(device(1)), rx1(7));
  EXPECT_FALSE(is_spreading());
}

TEST_F(ProfilesTest, AnUnreachableDeviceIsTriedAgain) {
  ASSERT_TRUE(create(rx1(3)));
  give(device(1), rx1(3));
  const auto home = storage::shard_of(device(1), context->shards.count());
  const auto shard = context->shards.at(home);
  context->shards.route(home).clear();
  ASSERT_TRUE(change(rx1(7)));
  EXPECT_TRUE(is_spreading());
  context->shards.route(home).set(shard);
  EXPECT_EQ(settings_of(device(1)), rx1(3));
  advance(seconds{31});
  EXPECT_EQ(settings_of(device(1)), rx1(7));
  EXPECT_FALSE(is_spreading());
}

TEST_F(ProfilesTest, AProfileInUseIsNotDeleted) {
  ASSERT_TRUE(create(rx1(3)));
  give(device(1), rx1(3));
  EXPECT_TRUE(erase().error().is(mac_settings_profile_in_use));
  change_device(device(1), [](Device& next) { next.mac_settings_profile_id.clear(); });
  EXPECT_EQ(settings_of(device(1)), rx1(3));
  EXPECT_TRUE(erase());
}

TEST_F(ProfilesTest, WhoIsAboutToUseAProfileHoldsIt) {
  ASSERT_TRUE(create(rx1(3)));
  auto held = use();
  EXPECT_TRUE(erase().error().is(mac_settings_profile_in_use));
  ASSERT_TRUE(change(rx1(7)));
  EXPECT_TRUE(is_spreading()) << "waits for the device that is about to come";
  give(device(1), *held.settings);
  EXPECT_EQ(settings_of(device(1)), rx1(3));
  held = {};
  run();
  EXPECT_EQ(settings_of(device(1)), rx1(7));
  EXPECT_FALSE(is_spreading());
}

TEST_F(ProfilesTest, AChangeThatADeviceCanNotTakeIsRefused) {
  ASSERT_TRUE(create(rx1(3)));
  give(device(1), rx1(3));
  auto bad = rx1(7);
  bad.uplink_dwell_time = true;
  EXPECT_TRUE(change(bad).error().is(field_value));
  EXPECT_EQ(settings_of(device(1)), rx1(3));
}

TEST_F(ProfilesTest, ListsPagesOfAnApplicationAndCountsDevices) {
  for (const char* id : {"pro-a", "pro-b", "pro-c"})
    ask(CreateProfile{{key.application_id, id}, rx1(1), [](const auto&) {}});
  ask(CreateProfile{{ApplicationId("test-app-2"), "pro-d"}, rx1(1), [](const auto&) {}});
  ask(CreateProfile{key, rx1(3), [](const auto&) {}});
  give(device(1), rx1(3));
  give(device(2), rx1(3));
  const auto list = [&](ListProfiles what) {
    std::string ids;
    what.application_id = key.application_id;
    what.reply = [&](const Result<ProfilePage>& page) {
      ASSERT_TRUE(page);
      for (const auto& view : page->profiles)
        ids += view.profile.key.profile_id + ":" + std::to_string(view.devices) + " ";
      ids += "of " + std::to_string(page->total);
    };
    ask(std::move(what));
    return ids;
  };
  EXPECT_EQ(list({.count_devices = true}), "pro:2 pro-a:0 pro-b:0 pro-c:0 of 4");
  EXPECT_EQ(list({.skip = 1, .limit = 2}), "pro-a:0 pro-b:0 of 4");
  EXPECT_EQ(list({.descending = true, .limit = 1}), "pro-c:0 of 4");
  EXPECT_EQ(list({.skip = 9}), "of 4");
}

TEST_F(ProfilesTest, NothingIsAnsweredBeforeItIsDurable) {
  engine.inject({.call = storage::MemoryCall::write, .error = Error(storage::disk_full)});
  EXPECT_FALSE(create(rx1(3)));
}

}  // namespace
}  // namespace ff::network_server
