using System.Reflection;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class Ed25519RuleTests
{
    [Fact]
    public void The_first_one_stays()
    {
        IEd25519Verifier? place = null;
        var first = new Never();
        Ed25519Rule.Set(ref place, first);
        Assert.Throws<InvalidOperationException>(() => Ed25519Rule.Set(ref place, new Never()));
        Assert.Same(first, place);
        Assert.Throws<ArgumentNullException>(() => Ed25519Rule.Set(ref place, null!));
    }

    [Fact]
    public void A_host_that_comes_after_the_first_signature_is_refused()
    {
        using var key = PrivateKey.FromSeed(new byte[32]);
        byte[] signature = key.Sign([1]);
        Assert.True(key.PublicKey.Verify([1], signature));
        Assert.Throws<InvalidOperationException>(() => Ed25519Rule.UseHost(new Never()));
        Assert.True(key.PublicKey.Verify([1], signature));
    }

    // Where there is no native library, reading a key must not look for one.
    [Fact]
    public void A_key_is_read_without_touching_the_library()
    {
        Type key = typeof(PublicKey).GetNestedType("Imported", BindingFlags.NonPublic)!;
        const BindingFlags all =
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        Type[] held = [.. key.GetFields(all).Concat(typeof(Ed25519Rule).GetFields(all)).Select(f => f.FieldType)];
        Assert.Contains(typeof(SignatureCheck), held);
        Assert.Contains(typeof(IEd25519Verifier), held);
        Assert.DoesNotContain(held, type => type.FullName!.StartsWith("NSec.", StringComparison.Ordinal));
    }

    private sealed class Never : IEd25519Verifier
    {
        public SignatureCheck For(ReadOnlySpan<byte> key) => static (_, _) => false;
    }
}
