using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Hashing;

/// <summary>How a backend is chosen: the best that is there and right, with the reasons told.</summary>
public class HashBackendsTests
{
    private static readonly Sha256Stream<Sha256Portable> Right = new("right");

    [Fact]
    public void Every_operation_has_a_backend_and_a_reason()
    {
        IReadOnlyList<HashBackend> used = HashBackends.Describe();
        Assert.Equal(["one", "pairs", "many"], used.Where(u => u.Engine == "sha256").Select(u => u.Operation));
        Assert.Equal(["one", "pairs", "many"], used.Where(u => u.Engine == "blake3").Select(u => u.Operation));
        Assert.All(used, u => Assert.False(string.IsNullOrEmpty(u.Reason)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_wrong_backend_is_dropped_and_the_next_one_used(int fault)
    {
        var choice = new Sha256Choice([Candidate(new Wrong((HashOperation)fault)), Candidate(Right)]);
        HashBackend[] used = [.. choice.Describe()];
        Assert.Equal("right", used[fault].Backend);
        Assert.Equal("the best; wrong failed its self-test", used[fault].Reason);
        Assert.Equal(Right.Hash("x"u8), choice.One.Hash("x"u8));
    }

    [Fact]
    public void A_backend_that_throws_is_dropped_and_the_next_one_used()
    {
        var broken = new Sha256Candidate(
            "broken",
            (HashOperation _, out string? reason) => throw new DllNotFoundException("no such thing")
        );
        HashBackend used = new Sha256Choice([broken, Candidate(Right)]).Describe().First();
        Assert.Equal(("right", "the best; broken failed: no such thing"), (used.Backend, used.Reason));
    }

    [Fact]
    public void A_candidate_that_is_not_there_says_why()
    {
        var missing = new Sha256Candidate("missing", NotThere);
        HashBackend used = new Sha256Choice([missing, Candidate(Right)]).Describe().First();
        Assert.Equal("the best; missing is elsewhere", used.Reason);
        Assert.Equal("missing is elsewhere", new Sha256Choice([missing]).Failure());
        Assert.Null(new Sha256Choice([Candidate(Right)]).Failure());
    }

    [Fact]
    public void The_native_library_missing_is_an_error_when_wished_for()
    {
        TessraxException error = Assert.Throws<TessraxException>(() =>
            HashBackends.Prefer(
                HashBackends.Native,
                (out string? reason) => NativeHash.TryLoad("no-such-file.so", out reason)
            )
        );
        Assert.Equal(ErrorCodes.NativeHashUnusable, error.Code);
        Assert.Equal(ErrorClass.Storage, error.Code.Class);
        Assert.Contains("no-such-file.so", error.Message, StringComparison.Ordinal);
        Assert.Contains("eng/native-hash.sh", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_library_is_not_ours()
    {
        if (!Sha256OpenSsl.IsThere || !OperatingSystem.IsLinux())
            return;
        string name = System.Runtime.InteropServices.NativeLibrary.TryLoad("libcrypto.so.3", out _)
            ? "libcrypto.so.3"
            : "libcrypto.so.1.1";
        Assert.Null(NativeHash.TryLoad(name, out string? reason));
        Assert.Contains("another version", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Managed_means_no_library_of_ours()
    {
        bool asked = false;
        NativeHash? Find(out string? reason)
        {
            asked = true;
            reason = "was asked for";
            return null;
        }
        Assert.All(
            Sha256Choice.For(HashBackends.Managed, Find).Describe(),
            used => Assert.DoesNotContain("native", used.Backend + used.Reason, StringComparison.Ordinal)
        );
        Assert.False(asked);
        Assert.Contains(
            "native was asked for",
            Sha256Choice.For(null, Find).Describe().Last().Reason,
            StringComparison.Ordinal
        );
        Assert.True(asked);
    }

    [Fact]
    public void The_library_is_used_for_everything_when_wished_for()
    {
        NativeHash library = Library();
        Assert.All(
            Sha256Choice.For(HashBackends.Native, Find).Describe(),
            used => Assert.Equal(("native", "wished for"), (used.Backend, used.Reason))
        );
        Assert.Equal(library.HasTwoStreams, Sha256Choice.For(null, Find).Pairs.Name == "native");

        NativeHash? Find(out string? reason)
        {
            reason = null;
            return library;
        }
    }

    // Answers: b3sum of the empty input, and the official vectors' key and context over input of length 0.
    [Fact]
    public void The_library_hashes_with_blake3()
    {
        NativeHash library = Library();
        Assert.Null(library.Blake3Failure);
        var output = new byte[32];
        library.Blake3([], output);
        Assert.Equal(
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
            Convert.ToHexStringLower(output)
        );
        library.Blake3Keyed("whats the Elvish word for friend"u8, [], output);
        Assert.Equal(
            "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26",
            Convert.ToHexStringLower(output)
        );
        library.Blake3DeriveKey("BLAKE3 2019-12-27 16:29:52 test vectors context"u8, [], output);
        Assert.Equal(
            "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d",
            Convert.ToHexStringLower(output)
        );
        Assert.Equal(
            ErrorCodes.Bug,
            Assert.Throws<TessraxException>(() => library.Blake3Keyed("short"u8, [], output)).Code
        );
    }

    [Fact]
    public void Another_wish_is_refused() => Assert.Throws<ArgumentException>(() => HashBackends.Prefer("fast"));

    private static NativeHash Library()
    {
        Assert.SkipWhen(Sha256Backends.Library is null, "the native library was not built: eng/native-hash.sh");
        return Sha256Backends.Library!;
    }

    private static Sha256Candidate Candidate(Sha256Backend backend) =>
        new(
            backend.Name,
            (HashOperation _, out string? reason) =>
            {
                reason = "the best";
                return backend;
            }
        );

    private static Sha256Backend? NotThere(HashOperation operation, out string? reason)
    {
        reason = "is elsewhere";
        return null;
    }

    // Right but for one thing: inputs of 119 bytes, the last node of odd levels, leaves longer than a kilobyte.
    private sealed class Wrong(HashOperation fault) : Sha256Backend("wrong")
    {
        public override Digest Hash(ReadOnlySpan<byte> data) =>
            fault == HashOperation.One && data.Length == 119 ? default : Right.Hash(data);

        public override Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
            Right.Hash(first, second, third);

        public override void HashPairs(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
        {
            Right.HashPairs(prefix, pairs, hashes);
            if (fault == HashOperation.Pairs && hashes.Length == 19)
                hashes[^1] = default;
        }

        public override void HashMany(byte prefix, ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, Span<Digest> hashes)
        {
            Right.HashMany(prefix, data, ends, hashes);
            if (fault == HashOperation.Many && data.Length > 1000)
                hashes[4] = default;
        }
    }
}
