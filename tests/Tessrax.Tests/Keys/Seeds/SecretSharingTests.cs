using System.Text;
using System.Text.Json;
using CsCheck;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys.Seeds;

public sealed class SecretSharingTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(7, 32).Select(i => (byte)i)];

    // Cheap, so that many can be tried.
    private static readonly SharePlan TwoOfThree = Plan(1, (2, 3));

    [Fact]
    public void Agrees_with_the_vectors_of_slip_0039()
    {
        using JsonDocument file = Vectors.Read("kdf", "slip39.json");
        byte[] passphrase = Samples.Bytes(file.RootElement.GetProperty("passphrase").GetString()!);
        (int good, int bad) = (0, 0);
        foreach (JsonElement vector in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            string name = vector.GetProperty("name").GetString()!;
            byte[][] words =
            [
                .. vector.GetProperty("shares").EnumerateArray().Select(share => Samples.Bytes(share.GetString()!)),
            ];
            if (vector.GetProperty("secret").GetString() is { } secret)
            {
                good++;
                Share[] shares = [.. words.Select(text => Share.Parse(text))];
                Assert.Equal(secret, Convert.ToHexStringLower(SecretSharing.Combine(shares, passphrase)));
                Assert.Equal(words, shares.Select(share => share.ToBytes()));
                continue;
            }
            bad++;
            var error = Assert.Throws<TessraxException>(() =>
                SecretSharing.Combine([.. words.Select(text => Share.Parse(text))], passphrase)
            );
            Assert.True(WantedFor(name) == error.Code, $"{name}: {error.Code}");
        }
        Assert.Equal((15, 30), (good, bad));
    }

    [Fact]
    public void Agrees_with_the_shares_of_the_specification()
    {
        using JsonDocument file = Vectors.Read("kdf", "shares.json");
        foreach (JsonElement vector in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            ShareGroup[] groups =
            [
                .. vector
                    .GetProperty("groups")
                    .EnumerateArray()
                    .Select(group => new ShareGroup(group[0].GetInt32(), group[1].GetInt32())),
            ];
            var plan = new SharePlan(vector.GetProperty("group_threshold").GetInt32(), groups)
            {
                IterationExponent = vector.GetProperty("iteration_exponent").GetInt32(),
            };
            byte[] passphrase = Samples.Bytes(vector.GetProperty("passphrase").GetString()!);
            byte[] secret = Vectors.Hex(vector, "secret");
            IReadOnlyList<Share> shares = SecretSharing.Split(
                secret,
                plan,
                passphrase,
                Vectors.Hex(vector, "randomness")
            );
            Assert.Equal(
                vector.GetProperty("shares").EnumerateArray().Select(share => share.GetString()),
                shares.Select(share => Encoding.ASCII.GetString(share.ToBytes()))
            );
            Assert.Equal(secret, SecretSharing.Combine(shares, passphrase));
        }
    }

    [Fact]
    public void Enough_shares_of_enough_groups_give_the_secret_and_fewer_never_do() =>
        Gen.Select(
                Gen.Select(Gen.Int[1, 4], Gen.Int[0, 3]).Array[1, 3],
                Gen.Int[0, 2],
                Gen.Int[8, 16],
                Gen.Int[0, int.MaxValue]
            )
            .Sample(
                (shape, spare, half, seed) =>
                {
                    // 1 of many is not a group: its shares would be copies.
                    ShareGroup[] groups =
                    [
                        .. shape.Select(s => new ShareGroup(s.Item1, s.Item1 == 1 ? 1 : s.Item1 + s.Item2)),
                    ];
                    var random = new Random(seed);
                    int needed = Math.Max(1, groups.Length - spare);
                    SharePlan plan = new(needed, groups) { IterationExponent = 0 };
                    byte[] secret = Bytes(random, 2 * half);
                    IReadOnlyList<Share> all = SecretSharing.Split(
                        secret,
                        plan,
                        default,
                        Bytes(random, plan.RandomnessFor(secret.Length))
                    );
                    Share[] enough =
                    [
                        .. Pick(random, groups.Length, needed)
                            .SelectMany(group =>
                                Pick(random, groups[group].Count, groups[group].Threshold)
                                    .Select(member => (group, member))
                            )
                            .Select(place => all.Single(s => (s.Group, s.Member) == place)),
                    ];
                    random.Shuffle(enough);
                    Assert.Equal(secret, SecretSharing.Combine(enough, default));
                    Assert.Equal(secret, SecretSharing.Combine(all, default));
                    var error = Assert.Throws<TessraxException>(() => SecretSharing.Combine(enough[1..], default));
                    Assert.Equal(ErrorCodes.TooFewShares, error.Code);
                },
                iter: 40
            );

    [Fact]
    public void Every_share_of_a_secret_reads_back()
    {
        foreach (int size in (int[])[16, 20, 28, 32, 64])
        {
            byte[] secret = new byte[size];
            foreach (Share share in Split(secret, Plan(2, (2, 3), (1, 1))))
            {
                Share read = Share.Parse(share.ToBytes());
                Assert.Equal(share.Set, read.Set);
                Assert.Equal(
                    (share.Group, share.Member, share.MemberThreshold),
                    (read.Group, read.Member, read.MemberThreshold)
                );
                Assert.Equal(share.Value.ToArray(), read.Value.ToArray());
                Assert.Equal(size, read.Value.Length);
            }
        }
    }

    [Fact]
    public void Any_one_word_or_two_neighbours_that_are_wrong_are_noticed()
    {
        string[] words = Encoding.ASCII.GetString(Split(Secret, TwoOfThree)[0].ToBytes()).Split(' ');
        for (int i = 0; i < words.Length; i++)
        {
            string[] changed = [.. words];
            changed[i] = words[i] == "academic" ? "acid" : "academic";
            NotAShare(changed);
            if (i == 0 || words[i] == words[i - 1])
                continue;
            changed = [.. words];
            (changed[i], changed[i - 1]) = (words[i - 1], words[i]);
            NotAShare(changed);
        }
    }

    [Fact]
    public void A_share_that_does_not_belong_is_noticed_and_so_is_one_beyond_those_it_takes()
    {
        IReadOnlyList<Share> shares = Split(Secret, TwoOfThree);
        IReadOnlyList<Share> others = Split(Secret, TwoOfThree, filler: 9);
        Refused(ErrorCodes.SharesDiffer, shares[0], others[1]);
        // The same words at the front, but of another secret.
        IReadOnlyList<Share> strangers = Split(new byte[32], TwoOfThree);
        Assert.Equal(shares[0].Set, strangers[0].Set);
        Refused(ErrorCodes.SharesDiffer, shares[0], strangers[1]);
        Refused(ErrorCodes.SharesDiffer, shares[0], shares[1], strangers[2]);
        Refused(ErrorCodes.SharesDiffer, shares[0], strangers[0]);
        Assert.Equal(Secret, SecretSharing.Combine([shares[0], shares[0], shares[2]], default));
    }

    [Fact]
    public void Says_how_many_are_missing()
    {
        IReadOnlyList<Share> shares = Split(Secret, Plan(2, (2, 3), (3, 3)));
        TessraxException error = Refused(ErrorCodes.TooFewShares, shares[0], shares[1], shares[3], shares[5]);
        Assert.Equal("1 of 2 groups are complete; group 2 has 2 of 3 shares", error.Message);
        Assert.Equal(
            "0 of 2 groups are complete; group 1 has 1 of 2 shares",
            Refused(ErrorCodes.TooFewShares, shares[0]).Message
        );
        Assert.Equal(
            "group 1 has 1 of 2 shares",
            Refused(ErrorCodes.TooFewShares, Split(Secret, TwoOfThree)[0]).Message
        );
        Refused(ErrorCodes.TooFewShares);
    }

    [Fact]
    public void Another_passphrase_gives_another_secret_without_a_word()
    {
        IReadOnlyList<Share> shares = SecretSharing.Split(
            Secret,
            TwoOfThree,
            "open sesame"u8,
            new byte[TwoOfThree.RandomnessFor(32)]
        );
        Assert.Equal(Secret, SecretSharing.Combine(shares, "open sesame"u8));
        Assert.NotEqual(Secret, SecretSharing.Combine(shares, default));
        var error = Assert.Throws<TessraxException>(() => SecretSharing.Combine(shares, "a\tb"u8));
        Assert.Equal(ErrorCodes.SeedPassphrase, error.Code);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(1, 2, 17)]
    public void A_plan_that_the_standard_does_not_know_is_refused(int needed, int threshold, int count)
    {
        SharePlan plan = Plan(needed, (threshold, count));
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(plan.Check).Code);
        var error = Assert.Throws<TessraxException>(() => SecretSharing.Split(Secret, plan, default, new byte[2]));
        Assert.Equal(ErrorCodes.BadValue, error.Code);
    }

    [Fact]
    public void A_share_says_where_it_belongs_and_nothing_of_its_value()
    {
        Share share = Split(Secret, Plan(1, (2, 3)))[1];
        Assert.Equal("share 2 of group 1, 2 of which it takes", share.ToString());
        share.Dispose();
        Assert.Equal(new byte[32], share.Value.ToArray());
    }

    // Multiplying and inverting without tables: the field's laws hold for all of it.
    [Fact]
    public void The_field_of_256_is_one()
    {
        for (int a = 0; a < 256; a++)
        {
            Assert.Equal(a == 0 ? 0 : 1, FieldOf256.Multiply(a, FieldOf256.Inverse(a)));
            Assert.Equal(a, FieldOf256.Multiply(a, 1));
            for (int b = 0; b < 256; b++)
            {
                Assert.Equal(FieldOf256.Multiply(a, b), FieldOf256.Multiply(b, a));
                int c = (a * 7) ^ b;
                Assert.Equal(
                    FieldOf256.Multiply(a, b ^ (c & 255)),
                    FieldOf256.Multiply(a, b) ^ FieldOf256.Multiply(a, c & 255)
                );
            }
        }
        Assert.Equal(0xc1, FieldOf256.Multiply(0x57, 0x83)); // FIPS 197, section 4.2
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(65)]
    [InlineData(66)]
    public void Secrets_of_other_sizes_are_not_shared(int size) =>
        Assert.Equal(
            "secret",
            Assert
                .Throws<ArgumentException>(() => SecretSharing.Split(new byte[size], TwoOfThree, default, new byte[2]))
                .ParamName
        );

    [Fact]
    public void Sharing_wants_a_plan_a_passphrase_and_as_many_random_bytes_as_the_plan_says()
    {
        int wanted = TwoOfThree.RandomnessFor(Secret.Length);
        foreach (int count in (int[])[0, wanted - 1, wanted + 1])
            Assert.Equal("randomness", Assert.Throws<ArgumentException>(() => Try(TwoOfThree, "", count)).ParamName);
        Assert.Equal("plan", Assert.Throws<ArgumentNullException>(() => Try(null!, "", wanted)).ParamName);
        Assert.Equal(
            ErrorCodes.SeedPassphrase,
            Assert.Throws<TessraxException>(() => Try(TwoOfThree, "\u00e9", wanted)).Code
        );
        Assert.NotEmpty(Try(TwoOfThree, "", wanted));

        static IReadOnlyList<Share> Try(SharePlan plan, string passphrase, int count) =>
            SecretSharing.Split(Secret, plan, Samples.Bytes(passphrase), new byte[count]);
    }

    private static void NotAShare(string[] words)
    {
        var error = Assert.Throws<TessraxException>(() => Share.Parse(Samples.Bytes(string.Join(' ', words))));
        Assert.Equal(ErrorCodes.BadShare, error.Code);
        Assert.DoesNotContain(words[3], error.Message, StringComparison.Ordinal);
    }

    private static TessraxException Refused(ErrorCode code, params Share[] shares)
    {
        var error = Assert.Throws<TessraxException>(() => SecretSharing.Combine(shares, default));
        Assert.Equal(code, error.Code);
        return error;
    }

    private static SharePlan Plan(int needed, params (int Threshold, int Count)[] groups) =>
        new(needed, [.. groups.Select(group => new ShareGroup(group.Threshold, group.Count))])
        {
            IterationExponent = 0,
        };

    private static IReadOnlyList<Share> Split(byte[] secret, SharePlan plan, byte filler = 5) =>
        SecretSharing.Split(
            secret,
            plan,
            default,
            Enumerable.Repeat(filler, plan.RandomnessFor(secret.Length)).ToArray()
        );

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static int[] Pick(Random random, int of, int count)
    {
        int[] all = [.. Enumerable.Range(0, of)];
        random.Shuffle(all);
        return all[..count];
    }

    // What each of the vectors that must be refused is refused for.
    private static ErrorCode WantedFor(string name) =>
        name switch
        {
            _ when name.Contains("insufficient number", StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith("5.", StringComparison.Ordinal)
                    || name.StartsWith("24.", StringComparison.Ordinal) => ErrorCodes.TooFewShares,
            _ when name.Contains("checksum", StringComparison.Ordinal)
                    || name.Contains("padding", StringComparison.Ordinal)
                    || name.Contains("length", StringComparison.Ordinal)
                    || name.Contains("greater group threshold", StringComparison.Ordinal) => ErrorCodes.BadShare,
            _ => ErrorCodes.SharesDiffer,
        };
}
