using System.Reflection;
using System.Runtime.CompilerServices;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Architecture;

/// <summary>Rules that every public type of the core keeps.</summary>
public class DesignRulesTest
{
    private static readonly Type[] PublicTypes = typeof(Digest).Assembly.GetExportedTypes();

    private static readonly ErrorCode[] Codes =
    [
        .. typeof(ErrorCodes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(ErrorCode))
            .Select(field => (ErrorCode)field.GetValue(null)!),
    ];

    [Fact]
    public void Error_codes_are_unique_and_each_comes_with_a_hint()
    {
        Assert.NotEmpty(Codes);
        Assert.Equal(Codes.Length, Codes.Select(code => code.Number).Distinct().Count());
        Assert.Equal(Codes.Length, Codes.Select(code => code.Title).Distinct().Count());
        Assert.All(Codes, code => Assert.False(string.IsNullOrWhiteSpace(code.Hint), code.ToString()));
        Assert.All(Codes, code => Assert.Matches("^TSX[1-7][0-9]{3}$", code.ToString()));
        Assert.All(Codes, code => Assert.True(Enum.IsDefined(code.Class)));
        // Titles and hints end up in the middle of messages.
        Assert.All(Codes, code => Assert.DoesNotMatch("[.\\s]$", code.Title + "|" + code.Hint));
    }

    [Fact]
    public void Error_codes_are_declared_in_order()
    {
        // In each area by itself: nobody says which file of a partial class comes first.
        int[][] areas =
        [
            .. Codes.Select(code => code.Number).GroupBy(number => number / 1000).Select(area => area.ToArray()),
        ];
        Assert.True(areas.Length > 5, "the areas were not told apart");
        Assert.All(areas, numbers => Assert.Equal(numbers.Order(), numbers));
    }

    [Fact]
    public void Public_structs_are_readonly() =>
        Assert.Empty(PublicTypes.Where(IsMutableStruct).Select(type => type.FullName));

    [Fact]
    public void Public_fields_never_change() =>
        Assert.Empty(PublicTypes.SelectMany(MutableFields).Select(field => $"{field.DeclaringType}.{field.Name}"));

    [Fact]
    public void Public_classes_are_closed() =>
        // Sealed, static, or abstract with no constructor that a stranger could call.
        Assert.Empty(PublicTypes.Where(IsOpenClass).Select(type => type.FullName));

    [Fact]
    public void These_rules_can_be_broken()
    {
        Assert.True(IsMutableStruct(typeof(Mutable)));
        Assert.Equal(2, MutableFields(typeof(Mutable)).Count());
        Assert.True(IsOpenClass(typeof(Open)));
        Assert.False(IsMutableStruct(typeof(Digest)));
        Assert.False(IsOpenClass(typeof(HashEngine)));
    }

    private static bool IsMutableStruct(Type type) =>
        type is { IsValueType: true, IsEnum: false } && !type.IsDefined(typeof(IsReadOnlyAttribute), false);

    private static IEnumerable<FieldInfo> MutableFields(Type type) =>
        type.IsEnum
            ? []
            : type.GetFields(
                    BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly
                )
                .Where(field => !field.IsLiteral && !(field.IsStatic && field.IsInitOnly));

    private static bool IsOpenClass(Type type) =>
        type is { IsClass: true, IsSealed: false }
        && type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Any(constructor => constructor.IsPublic || constructor.IsFamily || constructor.IsFamilyOrAssembly);

    private struct Mutable(int number)
    {
        public static int Count = 1;
        public int Number = number;

        public readonly int Sum => Count + Number;
    }

    private class Open
    {
        public string Name { get; } = "x";
    }

    private sealed class Closed : Open;
}
