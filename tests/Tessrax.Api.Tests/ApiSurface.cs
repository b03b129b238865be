using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tessrax.Api.Tests;

/// <summary>All that the packages let others call: methods, constructors, operators and indexers, found by reflection.</summary>
/// <remarks>Left out is what the compiler writes: the copying, comparing and printing of records, and the accessors of properties.
/// Getters are called all the same, wherever a value comes by: see <see cref="ValuePool"/>.</remarks>
internal static class ApiSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>The assemblies of the packages.</summary>
    public static IReadOnlyList<Assembly> Packages { get; } =
    [
        typeof(TessraxException).Assembly,
        typeof(Node.NodeEnvironment).Assembly,
        typeof(Node.RocksDb.RocksIndexes).Assembly,
        typeof(Node.Postgres.PostgresStores).Assembly,
        typeof(Client.LedgerClient).Assembly,
        typeof(Interactive.LedgerHandle).Assembly,
    ];

    /// <summary>Every member, by name.</summary>
    public static IReadOnlyList<ApiMember> Members { get; } =
    [
        .. Packages
            .SelectMany(package => package.GetExportedTypes())
            .SelectMany(Of)
            .OrderBy(member => member.Name, StringComparer.Ordinal),
    ];

    /// <summary>Whether a type belongs to the packages.</summary>
    public static bool IsOurs(Type type) => Packages.Contains(type.Assembly);

    private static IEnumerable<ApiMember> Of(Type type)
    {
        // Enumerations have none of their own, and what a delegate does is up to who made it.
        if (type.IsEnum || type.IsAssignableTo(typeof(Delegate)))
            return [];
        Type closed = type.IsGenericTypeDefinition ? type.MakeGenericType(Arguments(type.GetGenericArguments())) : type;
        return closed
            .GetConstructors(Declared)
            .Cast<MethodBase>()
            .Concat(closed.GetMethods(Declared).Where(IsCalled).Select(Close))
            .Where(method => !IsWritten(method))
            .Select(method => new ApiMember(method));
    }

    private static bool IsCalled(MethodInfo method) =>
        !method.IsSpecialName
        || method.Name.StartsWith("op_", StringComparison.Ordinal)
        || (method.Name == "get_Item" && method.GetParameters().Length > 0);

    private static bool IsWritten(MethodBase method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || method.Name == "<Clone>$"
        // A class that cannot be made from outside but by itself.
        || (method is ConstructorInfo && method.DeclaringType!.IsAbstract);

    private static MethodInfo Close(MethodInfo method) =>
        method.IsGenericMethodDefinition ? method.MakeGenericMethod(Arguments(method.GetGenericArguments())) : method;

    // Whatever the type parameter is, a number stands for it.
    private static Type[] Arguments(Type[] parameters) => [.. parameters.Select(_ => typeof(long))];
}
