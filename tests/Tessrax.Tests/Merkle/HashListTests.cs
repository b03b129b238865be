using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Hashes in JSON come back, and what is none is named by its place.</summary>
public sealed class HashListTests
{
    private static readonly Digest[] Hashes = [TestLeaves.Hash(0), TestLeaves.Hash(1)];

    [Fact]
    public void A_list_comes_back_and_a_longer_one_than_may_be_does_not()
    {
        Assert.Equal(Hashes, HashList.Read(Reader(HashList.ToJson(Hashes)), "path", 2));
        Assert.Throws<TessraxException>(() => HashList.Read(Reader(HashList.ToJson(Hashes)), "path", 1));
    }

    [Fact]
    public void What_is_no_hash_is_named_by_its_place()
    {
        string good = Hashes[0].ToBase64();
        foreach (
            JsonValue bad in (JsonValue[])
                [JsonValue.String(good[1..]), JsonValue.String(""), JsonValue.String(good + "="), JsonValue.Of([])]
        )
        {
            JsonValue list = JsonValue.Of([JsonValue.String(good), bad]);
            var error = Assert.Throws<TessraxException>(() => HashList.Read(Reader(list), "path", 2));
            Assert.Equal((ErrorCodes.BadDigest, "$.path[1]"), (error.Code, error.Path));
        }
    }

    private static ObjectReader Reader(JsonValue list) => new(JsonValue.Object(("path", list)));
}
